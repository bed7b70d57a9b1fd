#ifndef TESTS_LIB_CANNED_H
#define TESTS_LIB_CANNED_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "tests/lib/check.h"

/*
 * A server for tests that answers with what it is told: connection n gets answer n, and what
 * came is the file request.n in the test's folder.  It ends with the test.
 */
static inline void canned_take(int connection, int number, const char *answer)
{
	char request[65536];
	size_t len = 0;
	char name[32];
	struct error err = { 0 };
	const char *end = NULL;
	const char *length = NULL;
	size_t want = 0;

	while (!end || len < want) {
		ssize_t got = read(connection, request + len, sizeof(request) - 1 - len);

		if (got <= 0)
			break;
		len += (size_t)got;
		request[len] = '\0';
		end = strstr(request, "\r\n\r\n");
		length = strstr(request, "Content-Length: ");
		if (end)
			want = (size_t)(end + 4 - request) +
			       (length ? strtoul(length + 16, NULL, 10) : 0);
	}
	snprintf(name, sizeof(name), "request.%d", number);
	CHECK(file_replace(AT_FDCWD, name, request, len, 0600, &err) == 0);
	CHECK(file_write(connection, answer, strlen(answer), "answer", &err) == 0);
}

/* The port of a server that gives these answers, NULL behind the last. */
static inline int canned_serve(const char *const *answers)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(fd, 8) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
	if (fork() == 0) {
		(void)close(3); /* bats waits for it to be closed */
		alarm(20);
		for (int i = 0; answers[i]; i++) {
			int connection = accept(fd, NULL, NULL);

			canned_take(connection, i, answers[i]);
			(void)close(connection);
		}
		_exit(0);
	}
	(void)close(fd);
	return ntohs(address.sin_port);
}

/* What came with connection number. */
static inline void canned_request(struct buf *request, int number)
{
	char name[32];
	struct error err = { 0 };

	snprintf(name, sizeof(name), "request.%d", number);
	CHECK(file_read(request, AT_FDCWD, name, 65536, &err) == 0);
}

#endif
