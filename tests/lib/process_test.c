#include "lib/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process_input.h"
#include "tests/lib/check.h"

static int capture(struct buf *out, const char *script, struct error *err)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct process_call call = {
		.argv = argv, .input = { "in\n", 3 }, .limit = 1000, .timeout_ms = 20000
	};

	signal(SIGPIPE, SIG_IGN);
	return process_capture(out, &call, err);
}

static void output_and_input(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(capture(&out, "cat; echo noise >&2; echo out", &err) == 0);
	CHECK_STR(buf_str(&out), "in\nout\n");
}

/* More than any pipe takes, from its first byte to its last. */
static void much_input_is_read_whole(void)
{
	const char *argv[] = { "sh", "-c", "head -c 2; tail -c 2 | tr -d y", NULL };
	auto_buf struct buf input = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct process_call call = { .argv = argv, .limit = 1000, .timeout_ms = 20000 };
	struct error err = { 0 };

	buf_add_str(&input, "ab");
	memset(buf_room(&input, 3000000), 'y', 3000000);
	buf_grew(&input, 3000000);
	buf_add_char(&input, 'z');
	call.input = (struct str_view){ input.data, input.len };
	CHECK(process_capture(&out, &call, &err) == 0);
	CHECK_STR(buf_str(&out), "abz");
}

/* What a program says that a child of ours becomes, whose own stdin says "ours". */
static void become(struct buf *out, const char *program, struct str_view input)
{
	const char *argv[] = { program, "-c", "cat", NULL };
	const struct str_view ours = { "ours", 4 };
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { false, 0 };
	struct error err = { 0 };
	int pipes[2] = { -1, -1 };
	int in = -1;
	ssize_t got;

	CHECK(pipe2(pipes, O_CLOEXEC) == 0 && process_input(&in, ours, &err) == 0);
	process.pid = fork();
	if (process.pid == 0) {
		if (dup2(in, 0) == 0 && dup2(pipes[1], 1) == 1)
			(void)process_become(argv, input, &err);
		_exit(err.kind == ERROR_CONFIG ? 78 : 99);
	}
	close(in);
	close(pipes[1]);
	while ((got = read(pipes[0], buf_room(out, 4096), 4096)) > 0)
		buf_grew(out, (size_t)got);
	close(pipes[0]);
	CHECK(process_wait(&outcome, &process, &err) == 0 && !outcome.signalled);
	buf_add_format(out, " %d", outcome.code);
}

static void who_is_become_reads_input_or_our_stdin(void)
{
	const struct str_view ours = { NULL, 0 };
	const struct str_view none = { "", 0 };
	const struct str_view some = { "some", 4 };
	auto_buf struct buf out = BUF_EMPTY;

	become(&out, "sh", ours);
	buf_add_char(&out, ',');
	become(&out, "sh", none);
	buf_add_char(&out, ',');
	become(&out, "/bin/sh", some);
	buf_add_char(&out, ',');
	become(&out, "/nowhere/program", some);
	CHECK_STR(buf_str(&out), "ours 0, 0,some 0, 78");
}

static void a_status_becomes_a_kind(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(capture(&out, "echo first >&2; echo why >&2; echo lost; exit 75", &err) ==
	      -1);
	CHECK(err.kind == ERROR_TEMPORARY && out.len == 0);
	CHECK_STR(err.message, "run 'sh': why");
	CHECK(capture(&out, "exit 1", &err) == -1 && err.kind == ERROR_ABSENT);
	CHECK_STR(err.message, "run 'sh': exit status 1");
	CHECK(capture(&out, "kill -9 $$", &err) == -1 && err.kind == ERROR_SYSTEM);
	CHECK_STR(err.message, "run 'sh': killed by signal 9");
}

static void limits_end_it(void)
{
	const char *argv[] = { "sh", "-c", "while :; do :; done", NULL };
	struct process_call call = { .argv = argv, .limit = 10, .timeout_ms = 50 };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(process_capture(&out, &call, &err) == -1 && err.kind == ERROR_TEMPORARY);
	CHECK(capture(&out, "yes", &err) == -1 && err.kind == ERROR_DATA);
	CHECK_STR(err.message, "run 'sh': more than 1000 bytes of output");
}

static void a_missing_program_is_no_child(void)
{
	const char *argv[] = { "/no/such/program", NULL };
	struct process_start start = { .argv = argv, .in = -1, .out = -1, .err = -1 };
	struct process process = PROCESS_NONE;
	struct error err = { 0 };

	CHECK(process_spawn(&process, &start, &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK_STR(err.message, "start '/no/such/program': No such file or directory");
	CHECK(process.pid == 0);
}

static void a_child_starts_clean(void)
{
	const char *argv[] = {
		"sh", "-c",
		"ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' "
		"/proc/self/status | sed 's/:.*\\(.......\\)$/:\\1/' | tr -d '\\n'; "
		"echo \" $A$B\"; pwd",
		NULL
	};
	char *environment[] = { (char[]){ "A=1" }, (char[]){ "PATH=/usr/bin:/bin" },
				NULL };
	struct process_start start = { .argv = argv,
				       .environment = environment,
				       .dir = "/usr",
				       .in = -1,
				       .out = -1,
				       .err = -1 };
	struct process process = PROCESS_NONE;
	struct process_outcome outcome = { true, 1 };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };
	int pipes[2] = { -1, -1 };
	sigset_t all;
	ssize_t got;

	closefrom(3); /* what the test's own parent left open */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setenv("B", "2", 1);
	CHECK(pipe2(pipes, O_CLOEXEC) == 0);
	start.out = pipes[1];
	CHECK(process_spawn(&process, &start, &err) == 0 && process.pidfd >= 0);
	close(pipes[1]);
	while ((got = read(pipes[0], buf_room(&out, 4096), 4096)) > 0)
		buf_grew(&out, (size_t)got);
	CHECK(process_wait(&outcome, &process, &err) == 0);
	CHECK(!outcome.signalled && outcome.code == 0 && process.pid == 0);
	CHECK_STR(buf_str(&out), "0 1 2 3 SigBlk:0000000SigIgn:0000000 1\n/usr\n");
}

static void prefer_comes_first(void)
{
	setenv("PATH", "/usr/bin:/bin", 1);
	process_prefer("/first");
	CHECK_STR(getenv("PATH"), "/first:/usr/bin:/bin");
}

/* Our own group must outlive it. */
static void capture_of_a_missing_program(void)
{
	const char *const argv[] = { "/nowhere/program", NULL };
	const struct process_call call = { .argv = argv,
					   .limit = 10,
					   .timeout_ms = 1000 };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(process_capture(&out, &call, &err) == -1);
	CHECK(err.kind == ERROR_CONFIG && out.len == 0);
}

static const struct check_case cases[] = {
	{ "output_and_input", output_and_input },
	{ "much_input_is_read_whole", much_input_is_read_whole },
	{ "who_is_become_reads_input_or_our_stdin",
	  who_is_become_reads_input_or_our_stdin },
	{ "a_status_becomes_a_kind", a_status_becomes_a_kind },
	{ "limits_end_it", limits_end_it },
	{ "a_missing_program_is_no_child", a_missing_program_is_no_child },
	{ "capture_of_a_missing_program", capture_of_a_missing_program },
	{ "a_child_starts_clean", a_child_starts_clean },
	{ "prefer_comes_first", prefer_comes_first },
};

CHECK_MAIN(cases)
