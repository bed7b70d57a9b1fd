/*
 * load PORT PATH HEADERS BODY FROM TO CONNECTIONS: sends deliveries with these numbers, each on
 * the connection that is free next, and prints "<status> <number>" when one is answered.
 * Ends when all are answered or the server is gone.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 256, ROOM = 65536 };

struct connection {
	long number; /* what it waits for; 0: nothing */
	size_t len;
	char answer[4096];
};

struct load {
	const char *path;
	char headers[ROOM];
	char body[ROOM];
	long next;
	long last;
	long open; /* asked and not answered */
	int count;
	struct connection connections[MOST];
	struct pollfd polled[MOST];
};

static void slurp(char *room, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, room, ROOM - 1);

	if (got < 0) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(2);
	}
	close(fd);
}

static long number_of(const char *text)
{
	return strtol(text, NULL, 10);
}

static int reach(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)number_of(port)),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -1 : fd;
}

static bool ask(const struct load *load, int fd, long number)
{
	static char request[3 * ROOM];
	int len = snprintf(request, sizeof(request),
			   "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n"
			   "X-GitHub-Delivery: n%ld\r\n%s\r\n%s",
			   load->path, strlen(load->body), number, load->headers,
			   load->body);

	return send(fd, request, (size_t)len, MSG_NOSIGNAL) == len;
}

/* Every connection that is free gets the next delivery. */
static bool ask_all(struct load *load)
{
	int i;

	for (i = 0; i < load->count; i++) {
		struct connection *c = &load->connections[i];

		if (load->polled[i].fd < 0 || c->number || load->next > load->last)
			continue;
		c->number = load->next++;
		load->open++;
		if (!ask(load, load->polled[i].fd, c->number))
			return false;
	}
	return true;
}

/* A whole answer: its head has a Content-Length, its body that many bytes. */
static bool is_whole(const struct connection *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n");
	const char *length = strcasestr(c->answer, "Content-Length:");

	return end && length &&
	       c->len >= (size_t)(end + 4 - c->answer) + (size_t)number_of(length + 15);
}

static bool hear(struct load *load, int i)
{
	struct connection *c = &load->connections[i];
	ssize_t got = recv(load->polled[i].fd, c->answer + c->len,
			   sizeof(c->answer) - 1 - c->len, 0);

	if (got <= 0)
		return false;
	c->len += (size_t)got;
	c->answer[c->len] = '\0';
	if (!is_whole(c))
		return true;
	printf("%.3s %ld\n", c->answer + 9, c->number);
	fflush(stdout);
	c->number = 0;
	c->len = 0;
	load->open--;
	return true;
}

static bool hear_all(struct load *load)
{
	int i;

	for (i = 0; i < load->count; i++) {
		if (load->polled[i].revents && !hear(load, i))
			return false;
	}
	return true;
}

int main(int argc, char *argv[])
{
	static struct load load;
	int i;

	if (argc != 8)
		return 2;
	load.path = argv[2];
	slurp(load.headers, argv[3]);
	slurp(load.body, argv[4]);
	load.next = number_of(argv[5]);
	load.last = number_of(argv[6]);
	load.count = (int)number_of(argv[7]);
	for (i = 0; i < load.count && i < MOST; i++)
		load.polled[i] =
			(struct pollfd){ .fd = reach(argv[1]), .events = POLLIN };
	while (ask_all(&load)) {
		if (load.open == 0)
			return 0;
		if (poll(load.polled, (nfds_t)load.count, 20000) <= 0)
			return 1;
		if (!hear_all(&load))
			return 0;
	}
	return 0;
}
