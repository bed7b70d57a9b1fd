#include "bin/runjob-attach/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"

/* Lives until we end, in a session of its own, which signals from the terminal do not reach. */
static void guard(const struct terminal *terminal, int fd)
{
	char byte;
	ssize_t got;

	(void)setsid();
	if (dup2(fd, 1) < 0 || close_range(2, ~0U, 0) < 0)
		_exit(1);
	do
		got = read(1, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		(void)tcsetattr(0, TCSANOW, &terminal->before);
	_exit(0);
}

static int start_guard(struct terminal *terminal, struct error *err)
{
	int ends[2] = { -1, -1 };

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	terminal->guard_pid = fork();
	if (terminal->guard_pid == 0) {
		close(ends[1]);
		guard(terminal, ends[0]);
	}
	close(ends[0]);
	terminal->guard_fd = ends[1];
	return terminal->guard_pid < 0 ? error_errno(err, "fork") : 0;
}

int terminal_make_raw(struct terminal *terminal, struct error *err)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return error_errno(err, "look at the terminal");
	raw = terminal->before;
	cfmakeraw(&raw);
	if (start_guard(terminal, err) < 0)
		return -1;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return error_errno(err, "make the terminal raw");
	return 0;
}

void terminal_restore(struct terminal *terminal)
{
	if (terminal->guard_fd < 0)
		return;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	(void)!write(terminal->guard_fd, "", 1);
	cleanup_close(&terminal->guard_fd);
	terminal->guard_fd = -1;
	while (waitpid(terminal->guard_pid, NULL, 0) < 0 && errno == EINTR)
		;
}
