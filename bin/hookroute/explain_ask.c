#include "bin/hookroute/explain_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

enum { ANSWER_LIMIT = 256 << 20 };

/* The size of this process, in bytes. */
static uint64_t size_now(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };

	if (file_read(&text, AT_FDCWD, "/proc/self/statm", 4096, &ignored) < 0)
		return 0;
	return str_leading_u64(buf_str(&text)) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void set_limits(const struct routes_limits *limits)
{
	rlim_t seconds = limits->time_ms / 1000 + 1;
	uint64_t bytes = size_now() + limits->memory_bytes;
	const struct rlimit time = { seconds, seconds + 1 };
	const struct rlimit memory = { bytes, bytes };
	const struct rlimit no_core = { 0, 0 };

	(void)setrlimit(RLIMIT_CPU, &time);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (limits->memory_bytes)
		(void)setrlimit(RLIMIT_AS, &memory);
}

static int send_output(void *context, jv output, struct error *err)
{
	const int *fd = context;
	auto_buf struct buf line = BUF_EMPTY;

	json_dump(&line, output);
	buf_add_char(&line, '\n');
	return file_write(*fd, line.data, line.len, "the answer", err);
}

/* libjq's last words are not for people: the parent says what happened. */
static void run_child(int fd, struct filter *filter, jv input,
		      const struct routes_limits *limits)
{
	struct error ignored = { 0 };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		(void)dup2(null, STDERR_FILENO);
	set_limits(limits);
	_exit(filter_run(filter, input, send_output, &fd, &ignored) < 0);
}

static int take_lines(jv *outputs, const char *text, struct error *err)
{
	const char *rest = text;

	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		auto_jv jv output = jv_invalid();

		/* What has no line break behind it was cut off. */
		if (!rest)
			return 0;
		if (json_parse(&output, line.data, line.len, err) < 0)
			return -1;
		*outputs = jv_array_append(*outputs, jv_copy(output));
	}
	return 0;
}

int explain_ask(jv *outputs, struct filter *filter, jv input,
		const struct routes_limits *limits, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int from = -1;
	int pipes[2];
	int failed;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	from = pipes[0];
	pid = fork();
	if (pid == 0)
		run_child(pipes[1], filter, input, limits);
	(void)close(pipes[1]);
	if (pid < 0)
		return error_errno(err, "start a process");
	failed = file_read_fd(&text, from, ANSWER_LIMIT, err);
	cleanup_close(&from);
	from = -1;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return failed < 0 ? failed : take_lines(outputs, buf_str(&text), err);
}
