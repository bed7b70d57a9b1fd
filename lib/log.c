#include "lib/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/buf.h"

/* The only module with state of its own: who we are and who reads. */
static struct {
	const char *program;
	bool debug;
	bool journal;
	bool syslog;
} state = { "hooktools", false, false, false };

static void write_line(int level, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/* inetd(8) makes the client's connection all three: what we log is not for the client. */
static bool stderr_is_the_client(void)
{
	struct stat in = { 0 };
	struct stat err = { 0 };

	return fstat(STDIN_FILENO, &in) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
	       S_ISSOCK(err.st_mode) && in.st_dev == err.st_dev &&
	       in.st_ino == err.st_ino;
}

void log_start(const char *program, bool debug)
{
	state.program = program;
	state.debug = debug;
	state.journal = getenv("JOURNAL_STREAM") != NULL;
	state.syslog = stderr_is_the_client();
	if (state.syslog)
		openlog(program, LOG_PID, LOG_DAEMON);
}

static void replace_control_bytes(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
	}
}

static void write_line(int level, const char *format, va_list list)
{
	auto_buf struct buf line = BUF_EMPTY;
	char text[1024];

	vsnprintf(text, sizeof(text), format, list);
	replace_control_bytes(text);
	if (state.syslog) {
		syslog(level, "%s", text);
		return;
	}
	if (state.journal)
		buf_add_format(&line, "<%d>", level);
	buf_add_format(&line, "%s: %s\n", state.program, text);
	/* There is nowhere to report that stderr is gone. */
	(void)!write(STDERR_FILENO, line.data, line.len);
}

#define LOG_AT(level)                                                                    \
	va_list list;                                                                    \
	va_start(list, format);                                                          \
	write_line(level, format, list);                                                 \
	va_end(list)

void log_error(const char *format, ...)
{
	LOG_AT(3);
}

void log_warning(const char *format, ...)
{
	LOG_AT(4);
}

void log_notice(const char *format, ...)
{
	LOG_AT(5);
}

void log_info(const char *format, ...)
{
	LOG_AT(6);
}

void log_debug(const char *format, ...)
{
	if (!state.debug)
		return;
	LOG_AT(7);
}
