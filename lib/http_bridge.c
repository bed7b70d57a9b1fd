#include "lib/http_bridge.h"

#include <errno.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

/* libmicrohttpd 0.9.75 takes a short read for the last there is: an end of input that came
 * together with bytes would not be noticed.  So the end comes when the bytes are taken. */
static void wait_until_read(int to)
{
	const struct timespec pause = { 0, 1000000 };
	int left = 0;

	while (ioctl(to, SIOCOUTQ, &left) == 0 && left > 0)
		(void)nanosleep(&pause, NULL);
}

static void pump(int in, int to)
{
	char bytes[65536];
	struct error ignored = { 0 };
	ssize_t got;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((got = read(in, bytes, sizeof(bytes))) > 0) {
		if (file_write(to, bytes, (size_t)got, "bridge", &ignored) < 0)
			break;
	}
	wait_until_read(to);
	(void)shutdown(to, SHUT_WR);
	_exit(0);
}

int http_bridge_open(struct http_bridge *bridge, int *socket, int in, int out,
		     struct error *err)
{
	int pair[2] = { -1, -1 };
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, "make a socket pair");
	child = fork();
	if (child == 0) {
		close(pair[1]);
		pump(in, pair[0]);
	}
	bridge->fd = pair[0];
	bridge->out = out;
	bridge->pump = child;
	*socket = pair[1];
	if (child < 0) {
		bridge->pump = 0;
		return error_errno(err, "fork");
	}
	return 0;
}

bool http_bridge_is_open(const struct http_bridge *bridge)
{
	return bridge->fd >= 0;
}

void http_bridge_carry(struct http_bridge *bridge)
{
	char bytes[65536];
	struct error ignored = { 0 };
	ssize_t got = recv(bridge->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	/* Whoever asked may be gone; nobody is left to be told. */
	if (got > 0)
		(void)file_write(bridge->out, bytes, (size_t)got, "stdout", &ignored);
	if (got == 0 || (got < 0 && errno != EAGAIN))
		http_bridge_close(bridge);
}

void http_bridge_close(struct http_bridge *bridge)
{
	if (bridge->pump > 0) {
		(void)kill(bridge->pump, SIGKILL);
		(void)waitpid(bridge->pump, NULL, 0);
	}
	cleanup_close(&bridge->fd);
	*bridge = (struct http_bridge)HTTP_BRIDGE_NONE;
}
