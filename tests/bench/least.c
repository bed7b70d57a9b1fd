/*
 * least FOLDER: the least that a program of inetd's can do for a delivery: it reads one request
 * from standard input, writes the body to FOLDER/tmp, syncs it, renames it into FOLDER/new,
 * syncs that, and answers 202.  What hookrecv -i is measured against.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char request[1 << 20];

static size_t read_request(char **body)
{
	size_t len = 0;
	const char *length;
	ssize_t got;

	*body = NULL;
	while ((got = read(0, request + len, sizeof(request) - 1 - len)) > 0) {
		len += (size_t)got;
		request[len] = '\0';
		*body = strstr(request, "\r\n\r\n");
		length = strcasestr(request, "Content-Length: ");
		if (*body && length &&
		    len >= (size_t)(*body + 4 - request) + strtoul(length + 16, NULL, 10))
			break;
	}
	if (!*body)
		exit(1);
	*body += 4;
	return len - (size_t)(*body - request);
}

int main(int argc, char *argv[])
{
	static const char answer[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	char from[64];
	char to[64];
	char *body;
	size_t len = read_request(&body);
	int fd;
	int dir;

	if (argc != 2 || chdir(argv[1]) < 0)
		return 1;
	snprintf(from, sizeof(from), "tmp/%d", (int)getpid());
	snprintf(to, sizeof(to), "new/%d", (int)getpid());
	fd = open(from, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dir = open("new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (write(fd, body, len) != (ssize_t)len || fsync(fd) < 0 ||
	    rename(from, to) < 0 || fsync(dir) < 0)
		return 1;
	return write(1, answer, sizeof(answer) - 1) < 0;
}
