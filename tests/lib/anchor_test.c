#include "lib/anchor.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static const char id[] = "0195a000-0000-7000-8000-000000000001";
static const char owner[] =
	"0000000000000000000000000000000000000000000000000000000000000001";

/* An anchor in a folder of ours, which starts a script instead of the supervisor. */
static void make(struct layout *layout, int *listen_fd, const char *script)
{
	const char *dir = getenv("BATS_TEST_TMPDIR");
	auto_free char *path = str_format("%s/runjob-shim", dir);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	auto_free char *socket_path = str_format("%s/jobs.sock", dir);
	struct stat status;
	struct error err = { 0 };

	CHECK(fd >= 0 && write(fd, script, strlen(script)) == (ssize_t)strlen(script));
	/* Nobody may have it open when it is executed. */
	cleanup_close(&fd);
	fd = -1;
	layout->run = str_dup(dir);
	layout->libexec = str_dup(dir);
	CHECK(anchor_listen(listen_fd, layout, &err) == 0);
	CHECK(stat(socket_path, &status) == 0 && (status.st_mode & 0777) == 0600);
}

/* The other side, in a child: one connection. */
static pid_t answer_once(const struct layout *layout, int listen_fd, int wanted)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct pollfd polled = { listen_fd, POLLIN, 0 };
		struct error err = { 0 };
		int connection;
		pid_t started = 0;

		(void)poll(&polled, 1, 10000);
		connection = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
		_exit(anchor_answer(&started, connection, layout, &err) == wanted ? 0
										  : 1);
	}
	return pid;
}

static void a_supervisor_gets_its_descriptors_and_our_environment(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_close int listen_fd = -1;
	auto_close int pidfd = -1;
	int in[2];
	int out[2];
	struct error err = { 0 };
	char text[256] = "";
	bool started = false;
	pid_t pid;

	make(&layout, &listen_fd, "#!/bin/sh\nread -r x; echo \"$x $1 $2 $HOOK\" >&1\n");
	CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	CHECK(write(in[1], "hello\n", 6) == 6);
	CHECK(setenv("HOOK", "from here", 1) == 0);
	pid = answer_once(&layout, listen_fd, 0);
	CHECK(anchor_ask(&started, &pidfd, &layout,
			 &(struct anchor_request){ id, owner, { in[0], out[1], -1 } },
			 &err) == 0);
	CHECK(started && pidfd >= 0);
	CHECK(waitpid(pid, &(int){ 0 }, 0) == pid);
	close(out[1]);
	CHECK(read(out[0], text, sizeof(text) - 1) > 0);
	CHECK(str_starts(text, "hello 0195a000-") && str_ends(text, "1 from here\n"));
}

static void nobody_there_is_no_failure(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct anchor_request request = { id, owner, { 0, -1, -1 } };
	auto_close int listen_fd = -1;
	auto_close int second = -1;
	struct error err = { 0 };
	bool started = true;
	int pidfd = -1;

	make(&layout, &listen_fd, "#!/bin/sh\n");
	CHECK(anchor_listen(&second, &layout, &err) == -1 && err.kind == ERROR_CONFIG);
	cleanup_close(&listen_fd);
	listen_fd = -1;
	/* Its socket is still there, and nobody behind it. */
	CHECK(anchor_ask(&started, &pidfd, &layout, &request, &err) == 0);
	CHECK(!started && pidfd == -1);
	CHECK(anchor_listen(&second, &layout, &err) == 0);
}

static void rubbish_starts_nothing(void)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct anchor_request request = { "../../bin/sh", owner, { 0, -1, -1 } };
	auto_close int listen_fd = -1;
	struct error err = { 0 };
	int status = -1;
	bool started = true;
	int pidfd = -1;
	pid_t pid;

	make(&layout, &listen_fd, "#!/bin/sh\necho started\n");
	pid = answer_once(&layout, listen_fd, -1);
	CHECK(anchor_ask(&started, &pidfd, &layout, &request, &err) == 0);
	CHECK(!started && pidfd == -1);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static const struct check_case cases[] = {
	{ "a_supervisor_gets_its_descriptors_and_our_environment",
	  a_supervisor_gets_its_descriptors_and_our_environment },
	{ "nobody_there_is_no_failure", nobody_there_is_no_failure },
	{ "rubbish_starts_nothing", rubbish_starts_nothing },
};

CHECK_MAIN(cases)
