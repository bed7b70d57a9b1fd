/*
 * Asks an agent as fast as it answers: ask SOCKET CONNECTIONS SECONDS REQUEST, a line with its break.  Each connection
 * asks again when it has its answer; with 0 connections each question has one of its own.  Prints the answers a second; an answer without a token ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define ANSWER_MAX 65536

static void fail(const char *what)
{
	(void)fprintf(stderr, "ask: %s\n", what);
	exit(1);
}

static double now_s(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		fail("the path is too long");
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("cannot connect");
	return fd;
}

static void question(int fd, const char *request)
{
	size_t len = strlen(request);

	if (write(fd, request, len) != (ssize_t)len)
		fail("cannot ask");
}

static void answer(int fd)
{
	char line[ANSWER_MAX];
	size_t len = 0;

	do {
		ssize_t got = read(fd, line + len, sizeof(line) - 1 - len);

		if (got <= 0)
			fail("no answer");
		len += (size_t)got;
	} while (line[len - 1] != '\n');
	line[len] = '\0';
	if (!strstr(line, "\"token\":\"ghs_"))
		fail(line);
}

static unsigned long ask_apart(const char *path, const char *request, double until_s)
{
	unsigned long count = 0;

	for (; now_s() < until_s; count++) {
		int fd = connect_to(path);

		question(fd, request);
		answer(fd);
		(void)close(fd);
	}
	return count;
}

static unsigned long ask_on(const char *path, const char *request, long connections,
			    double until_s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned long count = 0;

	for (long i = 0; i < connections; i++) {
		struct epoll_event event = { .events = EPOLLIN,
					     .data = { .fd = connect_to(path) } };

		(void)epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
		question(event.data.fd, request);
	}
	while (now_s() < until_s) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, 1000);

		for (int i = 0; i < ready; i++, count++) {
			answer(events[i].data.fd);
			question(events[i].data.fd, request);
		}
	}
	return count;
}

int main(int argc, char *argv[])
{
	double start_s = now_s();
	double seconds = 0;
	long connections = 0;
	unsigned long count = 0;

	if (argc != 5)
		fail("ask SOCKET CONNECTIONS SECONDS REQUEST");
	connections = strtol(argv[2], NULL, 10);
	seconds = strtod(argv[3], NULL);
	if (connections < 0 || connections > CONNECTIONS_MAX)
		fail("0 to 512 connections");
	count = connections == 0
			? ask_apart(argv[1], argv[4], start_s + seconds)
			: ask_on(argv[1], argv[4], connections, start_s + seconds);
	return printf("%.2f\n", (double)count / (now_s() - start_s)) > 0 ? 0 : 1;
}
