#include "bin/hookrecv/probe.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { TIME_MS = 5000, ANSWER_MAX = 4096 };

/* "host:port", "[host]:port", or a host alone. */
static bool split(struct probe *probe, const char *text, size_t len, const char *port)
{
	auto_free char *host = str_format("%.*s", (int)len, text);
	char *colon = strrchr(host, ':');
	char *end = strchr(host, ']');
	size_t skip = *host == '[' ? 1 : 0;

	if (colon && (!end || colon > end)) {
		*colon = '\0';
		port = colon + 1;
	}
	if (skip != (end ? 1 : 0) || !*port)
		return false;
	if (end)
		*end = '\0';
	probe->host = str_dup(host[skip] ? host + skip : "localhost");
	probe->port = str_dup(port);
	return true;
}

int probe_url(struct probe *probe, const char *url, struct error *err)
{
	bool tls = str_starts(url, "https://");
	const char *host = url + strlen(tls ? "https://" : "http://");
	size_t len;

	if (!tls && !str_starts(url, "http://"))
		return error_set(err, ERROR_USAGE, "'%s' is no URL of http or https",
				 url);
	len = strcspn(host, "/?#");
	if (len == 0 || memchr(host, '@', len) ||
	    !split(probe, host, len, tls ? "443" : "80"))
		return error_set(err, ERROR_USAGE, "'%s' names no host", url);
	host += len;
	len = strcspn(host, "?# \r\n");
	while (len && host[len - 1] == '/')
		len--;
	probe->path = str_format("%.*s/hook/", (int)len, host);
	probe->tls = tls;
	return 0;
}

int probe_listen(struct probe *probe, const char *address, struct error *err)
{
	if (str_starts(address, "unix:"))
		probe->host = str_dup(address + strlen("unix:"));
	else if (!strchr(address, ':') || !split(probe, address, strlen(address), ""))
		return error_set(
			err, ERROR_USAGE,
			"'%s' is no address: use ADDR:PORT, [ADDR6]:PORT or unix:PATH",
			address);
	probe->path = str_dup("/healthz");
	return 0;
}

void probe_free(struct probe *probe)
{
	free(probe->host);
	free(probe->port);
	free(probe->path);
	*probe = (struct probe)PROBE_NONE;
}

static int await(int fd, short events, int64_t end_ms, struct error *err)
{
	struct pollfd ready = { .fd = fd, .events = events };
	int64_t left_ms = end_ms - date_now_ms();

	if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) == 0)
		return error_set(err, ERROR_TEMPORARY, "no answer in %d seconds",
				 TIME_MS / 1000);
	return 0;
}

static int open_connection(int *fd, const struct sockaddr *address, socklen_t len,
			   int64_t end_ms, struct error *err)
{
	auto_close int opened =
		socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t size = sizeof(errno);
	int problem = 0;

	if (opened < 0)
		return error_errno(err, "make a socket");
	if (connect(opened, address, len) < 0) {
		if (errno != EINPROGRESS)
			return error_errno(err, "connect");
		if (await(opened, POLLOUT, end_ms, err) < 0)
			return -1;
		if (getsockopt(opened, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 &&
		    problem) {
			errno = problem;
			return error_errno(err, "connect");
		}
	}
	*fd = steal_fd(&opened);
	return 0;
}

static int connect_unix(int *fd, const char *path, int64_t end_ms, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, ERROR_USAGE, "'%s' is no path of a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	return open_connection(fd, (struct sockaddr *)&address, sizeof(address), end_ms,
			       err);
}

/* The first of the host's addresses that takes us. */
static int connect_tcp(int *fd, const struct probe *probe, int64_t end_ms,
		       struct error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	struct addrinfo *at;
	int failed = getaddrinfo(probe->host, probe->port, &hints, &found);

	if (failed)
		return error_set(err, ERROR_SYSTEM, "no address of '%s': %s", probe->host,
				 gai_strerror(failed));
	failed = -1;
	for (at = found; at && failed; at = at->ai_next)
		failed = open_connection(fd, at->ai_addr, at->ai_addrlen, end_ms, err);
	freeaddrinfo(found);
	return failed;
}

static int converse(struct buf *answer, int fd, const struct probe *probe, int64_t end_ms,
		    struct error *err)
{
	auto_free char *request =
		str_format("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
			   probe->path, probe->port ? probe->host : "localhost");
	ssize_t len = 1;

	if (file_write(fd, request, strlen(request), "the request", err) < 0)
		return -1;
	while (len > 0 && answer->len < ANSWER_MAX) {
		if (await(fd, POLLIN, end_ms, err) < 0)
			return -1;
		len = read(fd, buf_room(answer, ANSWER_MAX), ANSWER_MAX);
		if (len < 0)
			return error_errno(err, "read the answer");
		buf_grew(answer, (size_t)len);
	}
	return 0;
}

int probe_ask(struct buf *answer, const struct probe *probe, struct error *err)
{
	int64_t end_ms = date_now_ms() + TIME_MS;
	auto_close int fd = -1;
	int failed = probe->port ? connect_tcp(&fd, probe, end_ms, err)
				 : connect_unix(&fd, probe->host, end_ms, err);

	if (failed || probe->tls)
		return failed;
	return converse(answer, fd, probe, end_ms, err);
}
