#include "lib/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum { BACKLOG = 4096, FIRST_PASSED = 3 };

static int bind_and_listen(int *fd, const struct sockaddr *address, socklen_t len,
			   struct error *err)
{
	auto_close int opened =
		socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	int off = 0;

	if (opened < 0)
		return error_errno(err, "make socket");
	if (address->sa_family == AF_INET6)
		(void)setsockopt(opened, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	(void)setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(opened, address, len) < 0 || listen(opened, BACKLOG) < 0) {
		bool taken = errno == EADDRINUSE || errno == EADDRNOTAVAIL;

		(void)error_errno(err, "listen");
		if (taken)
			err->kind = ERROR_CONFIG;
		return -1;
	}
	*fd = steal_fd(&opened);
	return 0;
}

/* A socket that a killed process left behind refuses connections: only then it goes.  What
 * is no socket refuses them as well. */
static void remove_stale(const struct sockaddr_un *address)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st = { 0 };

	if (fd >= 0 && lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
	    errno == ECONNREFUSED)
		(void)unlink(address->sun_path);
}

static int open_unix(int *fd, const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path) || !*path)
		return error_set(err, ERROR_USAGE, "'%s' is no path of a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	remove_stale(&address);
	return bind_and_listen(fd, (struct sockaddr *)&address, sizeof(address), err);
}

/* Splits "HOST:PORT" in place; a host in brackets loses them. */
static bool split_port(char *text, const char **host, const char **port)
{
	char *colon = strrchr(text, ':');

	if (!colon)
		return false;
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (*text == '[' && str_ends(text, "]")) {
		colon[-1] = '\0';
		*host = text + 1;
	} else if (strchr(text, ':')) {
		return false;
	}
	return true;
}

/* One socket takes both families, where the kernel has both. */
static int open_every_address(int *fd, uint64_t port, struct error *err)
{
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6,
					  .sin6_port = htons((uint16_t)port) };
	const struct sockaddr_in four = { .sin_family = AF_INET,
					  .sin_port = htons((uint16_t)port) };
	auto_close int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return probe < 0 ? bind_and_listen(fd, (const struct sockaddr *)&four,
					   sizeof(four), err)
			 : bind_and_listen(fd, (const struct sockaddr *)&six, sizeof(six),
					   err);
}

static int open_tcp(int *fd, const char *text, struct error *err)
{
	auto_free char *copy = str_dup(text);
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *host = NULL;
	const char *port = NULL;
	uint64_t number = 0;
	int failed;

	if (!split_port(copy, &host, &port) ||
	    str_to_u64(&number, port, 0, 65535, err) < 0 ||
	    (*host && getaddrinfo(host, port, &hints, &found) != 0))
		return error_set(
			err, ERROR_USAGE,
			"'%s' is no address: use ADDR:PORT, [ADDR6]:PORT or unix:PATH",
			text);
	if (!*host)
		return open_every_address(fd, number, err);
	failed = bind_and_listen(fd, found->ai_addr, found->ai_addrlen, err);
	freeaddrinfo(found);
	return failed;
}

int listener_open(int *fd, const char *address, struct error *err)
{
	int failed = str_starts(address, "unix:")
			     ? open_unix(fd, address + strlen("unix:"), err)
			     : open_tcp(fd, address, err);

	if (failed && err->kind != ERROR_USAGE)
		return error_wrap(err, "'%s'", address);
	return failed;
}

static int take_passed(int *fd, struct error *err)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	if (getsockopt(FIRST_PASSED, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0 ||
	    !listening)
		return error_set(err, ERROR_CONFIG,
				 "the socket passed by LISTEN_FDS does not listen: "
				 "is Accept=yes set? then use -i");
	if (fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(FIRST_PASSED, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "take the socket passed by LISTEN_FDS");
	*fd = FIRST_PASSED;
	return 0;
}

int listener_inherited(int *fd, bool *found, struct error *err)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	uint64_t number = 0;

	*found = false;
	if (!pid || !fds)
		return 0;
	if (str_to_u64(&number, pid, 1, INT32_MAX, err) < 0)
		return error_wrap(err, "LISTEN_PID");
	if ((pid_t)number != getpid())
		return 0;
	if (str_to_u64(&number, fds, 1, 1, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(
			err, "LISTEN_FDS: one socket is served, start one service each");
	}
	*found = true;
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	return take_passed(fd, err);
}

char *listener_name(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	char host[256] = "?";
	char port[32] = "?";

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return str_dup("?");
	if (address.ss_family == AF_UNIX)
		return str_format("unix:%s", ((struct sockaddr_un *)&address)->sun_path);
	(void)getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port,
			  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	return str_format(strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}
