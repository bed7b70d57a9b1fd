#include "bin/runjob-attach/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bin/runjob-attach/session.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

enum { CHUNK = 4096, EXIT_SIGNAL = 128, JOB_END_MS = 300 };
enum { COMMAND, JOB, SIGNALS, TYPED, SHOWN, WATCHED };

struct relay {
	struct session *session;
	int signal_fd;
	int job_pidfd;
	bool typing;	   /* our standard input has not ended */
	char typed[CHUNK]; /* on its way to the command */
	size_t from;
	size_t len;
};

int relay_signals(int *signal_fd, struct error *err)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaddset(&set, numbers[i]);
	/* Raw as the terminal is nobody may stop us: only the shell could go on. */
	sigaddset(&set, SIGTSTP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	*signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *signal_fd < 0 ? error_errno(err, "make a signal descriptor") : 0;
}

static void send_signal(const struct relay *relay, int number)
{
	(void)syscall(SYS_pidfd_send_signal, relay->session->process.pidfd, number, NULL,
		      0);
}

static void take_signals(const struct relay *relay)
{
	struct signalfd_siginfo info;
	struct winsize size;
	int master = relay->session->master_fd;

	while (read(relay->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		int number = (int)info.ssi_signo;

		if (number == SIGWINCH && master >= 0 &&
		    ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
			(void)ioctl(master, TIOCSWINSZ, &size);
		if (number == SIGWINCH || number == SIGTSTP)
			continue;
		/* Shells ignore what would end them, but not the loss of their terminal. */
		send_signal(relay, master >= 0 ? SIGHUP : number);
	}
}

/* What the command shows; false when it shows nothing now. */
static bool show(struct relay *relay, struct error *err)
{
	char chunk[CHUNK];
	ssize_t got = read(relay->session->master_fd, chunk, sizeof(chunk));

	if (got <= 0) {
		/* EIO: nobody has the terminal open any more. */
		if (got == 0 || errno == EIO) {
			cleanup_close(&relay->session->master_fd);
			relay->session->master_fd = -1;
		}
		return false;
	}
	return file_write(STDOUT_FILENO, chunk, (size_t)got, "standard output", err) == 0;
}

static void take_typed(struct relay *relay)
{
	ssize_t got = read(STDIN_FILENO, relay->typed, sizeof(relay->typed));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	relay->typing = got > 0;
	relay->from = 0;
	relay->len = got > 0 ? (size_t)got : 0;
	/* Our terminal is gone. */
	if (!relay->typing)
		send_signal(relay, SIGHUP);
}

static void pass_typed(struct relay *relay)
{
	ssize_t put =
		write(relay->session->master_fd, relay->typed + relay->from, relay->len);

	if (put > 0) {
		relay->from += (size_t)put;
		relay->len -= (size_t)put;
	}
}

static void choose(struct pollfd polled[WATCHED], const struct relay *relay)
{
	int master = relay->session->master_fd;
	bool empty = relay->len == 0;

	polled[COMMAND] = (struct pollfd){ relay->session->process.pidfd, POLLIN, 0 };
	polled[JOB] = (struct pollfd){ relay->job_pidfd, POLLIN, 0 };
	polled[SIGNALS] = (struct pollfd){ relay->signal_fd, POLLIN, 0 };
	polled[TYPED] = (struct pollfd){
		master >= 0 && relay->typing && empty ? STDIN_FILENO : -1, POLLIN, 0
	};
	polled[SHOWN] =
		(struct pollfd){ master, (short)(empty ? POLLIN : POLLIN | POLLOUT), 0 };
}

static int turn(bool *over, struct relay *relay, struct error *err)
{
	struct pollfd polled[WATCHED];

	choose(polled, relay);
	if (poll(polled, WATCHED, -1) < 0) {
		if (errno == EINTR)
			return 0;
		return error_errno(err, "wait for the command");
	}
	take_signals(relay);
	if (polled[TYPED].revents)
		take_typed(relay);
	if (polled[SHOWN].revents & POLLOUT)
		pass_typed(relay);
	if (polled[SHOWN].revents & ~POLLOUT)
		(void)show(relay, err);
	if (polled[JOB].revents) {
		send_signal(relay, SIGKILL);
		relay->job_pidfd = -1;
	}
	*over = polled[COMMAND].revents != 0;
	return err->kind == ERROR_NONE ? 0 : -1;
}

/* Who ends a job ends all that is in it, the command maybe first. */
static bool job_ended(const struct relay *relay, int job_pidfd)
{
	struct pollfd polled = { job_pidfd, POLLIN, 0 };

	return job_pidfd >= 0 &&
	       (relay->job_pidfd < 0 || poll(&polled, 1, JOB_END_MS) > 0);
}

int relay(int *status, struct session *session, int signal_fd, int job_pidfd,
	  struct error *err)
{
	struct relay relay = { .session = session,
			       .signal_fd = signal_fd,
			       .job_pidfd = job_pidfd,
			       .typing = true };
	struct process_outcome outcome = { 0 };
	bool over = false;

	if (session->master_fd >= 0 && fcntl(session->master_fd, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "set up the terminal");
	while (!over) {
		if (turn(&over, &relay, err) < 0)
			return -1;
	}
	/* What it had shown before its end. */
	while (session->master_fd >= 0 && show(&relay, err))
		;
	if (err->kind != ERROR_NONE || process_wait(&outcome, &session->process, err) < 0)
		return -1;
	if (outcome.signalled && outcome.code == SIGKILL && job_ended(&relay, job_pidfd))
		fprintf(stderr, "runjob: the job has ended\r\n");
	*status = outcome.signalled ? EXIT_SIGNAL + outcome.code : outcome.code;
	return 0;
}
