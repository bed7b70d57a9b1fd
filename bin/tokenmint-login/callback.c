#include "bin/tokenmint-login/callback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/oauth.h"
#include "lib/str.h"

#define HEAD_MAX 16384
#define PATIENCE_MS 5000 /* with one browser */

#define PAGE(status, text)                                                               \
	"HTTP/1.1 " status "\r\nContent-Type: text/html; charset=utf-8\r\n"              \
	"Connection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer"   \
	"\r\nContent-Security-Policy: default-src 'none'\r\n\r\n"                        \
	"<!DOCTYPE html><title>hooktools</title><p>" text "</p>\n"

static int64_t tick_ms(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int callback_open(struct callback *callback, unsigned port, struct error *err)
{
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(address);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    listen(fd, 8) < 0 || getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return error_errno(err, "listen on 127.0.0.1:%u", port);
	callback->port = ntohs(address.sin_port);
	callback->fd = steal_fd(&fd);
	return 0;
}

void callback_close(struct callback *callback)
{
	cleanup_close(&callback->fd);
	callback->fd = -1;
}

bool callback_query(struct str_view *query, struct str_view head)
{
	static const char front[] = "GET /callback?";
	const char *start = head.data + strlen(front);
	const char *end = NULL;

	if (head.len <= strlen(front) || memcmp(head.data, front, strlen(front)) != 0)
		return false;
	end = memchr(start, ' ', head.len - strlen(front));
	if (!end || head.len - (size_t)(end - head.data) < strlen(" HTTP/1.") ||
	    memcmp(end, " HTTP/1.", strlen(" HTTP/1.")) != 0 ||
	    memchr(head.data, '\n', (size_t)(end - head.data)))
		return false;
	*query = (struct str_view){ start, (size_t)(end - start) };
	return true;
}

/* The head of a request, as much as comes while we are patient. */
static void read_head(struct buf *head, int fd)
{
	int64_t until_ms = tick_ms() + PATIENCE_MS;

	while (head->len < HEAD_MAX && !strstr(buf_str(head), "\r\n\r\n")) {
		struct pollfd wait = { fd, POLLIN, 0 };
		int64_t left_ms = until_ms - tick_ms();
		ssize_t got = 0;

		if (left_ms <= 0 || poll(&wait, 1, (int)left_ms) <= 0)
			return;
		got = read(fd, buf_room(head, 4096), 4096);
		if (got <= 0)
			return;
		buf_grew(head, (size_t)got);
	}
}

static void answer(int fd, const char *page)
{
	struct error ignored = { 0 }; /* a browser that has gone does not matter */

	(void)file_write(fd, page, strlen(page), "browser", &ignored);
	(void)shutdown(fd, SHUT_WR);
}

/* *done: this was it, for good or bad. */
static int serve(struct buf *code, bool *done, int fd,
		 const struct callback_wanted *wanted, struct error *err)
{
	auto_secret struct buf head = BUF_EMPTY;
	struct str_view query = { NULL, 0 };
	int status = 0;

	read_head(&head, fd);
	if (!callback_query(&query, (struct str_view){ buf_str(&head), head.len })) {
		answer(fd, PAGE("404 Not Found", "Nothing is here."));
		return 0;
	}
	status = oauth_read_callback(code, query, wanted->state, wanted->issuer, err);
	if (status < 0 && err->kind == ERROR_DATA) {
		answer(fd, PAGE("400 Bad Request", "This is not the login that began."));
		return 0;
	}
	*done = true;
	answer(fd, status == 0 ? PAGE("200 OK", "Done. You may close this window.")
			       : PAGE("403 Forbidden", "The login was refused."));
	return status;
}

int callback_wait(struct buf *code, const struct callback *callback,
		  const struct callback_wanted *wanted, struct error *err)
{
	int64_t until_ms = tick_ms() + (int64_t)wanted->timeout_ms;
	bool done = false;

	while (!done) {
		struct pollfd wait = { callback->fd, POLLIN, 0 };
		int64_t left_ms = until_ms - tick_ms();
		auto_close int fd = -1;

		if (left_ms <= 0)
			return error_set(err, ERROR_TEMPORARY,
					 "nobody came back from the browser in time");
		if (poll(&wait, 1, (int)left_ms) <= 0)
			continue;
		fd = accept4(callback->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0 && serve(code, &done, fd, wanted, err) < 0)
			return -1;
	}
	return 0;
}
