#include "lib/http_linger.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/date.h"

enum { KEEP_MS = 5000, KEEP_BYTES = 32 << 20 };

static void let_go(struct http_linger *linger, size_t i)
{
	if (linger->sockets[i].fd < 0)
		return;
	close(linger->sockets[i].fd);
	linger->sockets[i].fd = -1;
	linger->count--;
}

void http_linger_start(struct http_linger *linger, int epoll)
{
	size_t i;

	linger->epoll = epoll;
	linger->count = 0;
	for (i = 0; i < HTTP_LINGERING; i++)
		linger->sockets[i].fd = -1;
}

static void keep(struct http_linger *linger, size_t i, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (kept < 0)
		return;
	event.data.fd = kept;
	linger->sockets[i].fd = kept;
	linger->sockets[i].until_ms = date_now_ms() + KEEP_MS;
	linger->sockets[i].bytes_left = KEEP_BYTES;
	linger->count++;
	(void)shutdown(kept, SHUT_WR);
	if (epoll_ctl(linger->epoll, EPOLL_CTL_ADD, kept, &event) < 0)
		let_go(linger, i);
}

void http_linger_on(struct http_linger *linger, int fd)
{
	size_t i;

	for (i = 0; i < HTTP_LINGERING; i++) {
		if (linger->sockets[i].fd < 0) {
			keep(linger, i, fd);
			return;
		}
	}
}

static void drain(struct http_linger *linger, size_t i)
{
	char bytes[65536];
	ssize_t got = recv(linger->sockets[i].fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (got > 0)
		linger->sockets[i].bytes_left -= got;
	if (got == 0 || (got < 0 && errno != EAGAIN) ||
	    linger->sockets[i].bytes_left <= 0)
		let_go(linger, i);
}

void http_linger_read(struct http_linger *linger, int fd)
{
	size_t i;

	for (i = 0; i < HTTP_LINGERING; i++) {
		if (linger->sockets[i].fd == fd)
			drain(linger, i);
	}
}

void http_linger_sweep(struct http_linger *linger, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < HTTP_LINGERING; i++) {
		if (linger->sockets[i].until_ms < now_ms)
			let_go(linger, i);
	}
}

void http_linger_stop(struct http_linger *linger)
{
	size_t i;

	for (i = 0; i < HTTP_LINGERING; i++)
		let_go(linger, i);
}
