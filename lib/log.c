#include "lib/log.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

enum { TEXT_BYTES = 1024, NAME_BYTES = 64, LINE_BYTES = TEXT_BYTES + 2 * NAME_BYTES };

/* The only module with state of its own: who we are and who reads. */
static struct {
	const char *program;
	bool debug;
	bool journal;
	bool syslog;
	bool gather;
	size_t len;	      /* of what has gathered */
	char lines[PIPE_BUF]; /* a pipe takes so much without tearing it */
} state = { .program = "hooktools" };

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

void log_flush(void)
{
	/* There is nowhere to report that stderr is gone. */
	if (state.len)
		(void)!write(STDERR_FILENO, state.lines, state.len);
	state.len = 0;
}

void log_gather(bool gather)
{
	log_flush();
	state.gather = gather;
}

static void put(int level, const char *line, size_t len)
{
	if (state.len + len > sizeof(state.lines))
		log_flush();
	memcpy(state.lines + state.len, line, len);
	state.len += len;
	if (!state.gather || level < LOG_NOTICE)
		log_flush();
}

static void write_line(int level, const char *format, va_list list)
{
	char line[LINE_BYTES];
	char *text = line;

	if (state.journal)
		text += snprintf(text, NAME_BYTES, "<%d>", level);
	text += snprintf(text, NAME_BYTES, "%.32s: ", state.program);
	vsnprintf(text, TEXT_BYTES, format, list);
	replace_control_bytes(text);
	if (state.syslog) {
		syslog(level, "%s", text);
		return;
	}
	text += strlen(text);
	*text++ = '\n';
	put(level, line, (size_t)(text - line));
}

#define LOG_AT(level)                                                                    \
	va_list list;                                                                    \
	va_start(list, format);                                                          \
	write_line(level, format, list);                                                 \
	va_end(list)

void log_error(const char *format, ...)
{
	LOG_AT(LOG_ERR);
}

void log_warning(const char *format, ...)
{
	LOG_AT(LOG_WARNING);
}

void log_notice(const char *format, ...)
{
	LOG_AT(LOG_NOTICE);
}

void log_info(const char *format, ...)
{
	LOG_AT(LOG_INFO);
}

void log_debug(const char *format, ...)
{
	if (!state.debug)
		return;
	LOG_AT(LOG_DEBUG);
}
