#include "bin/hookroute/conform.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bin/hookroute/conform_subject.h"
#include "bin/hookroute/reply.h"
#include "lib/cleanup.h"
#include "lib/error.h"

enum { END_MS = 5000, SHOWN = 120 };

int conform_probe(const struct conform *conform, struct error *err)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;

	return conform_subject_start(&subject, conform->argv, err);
}

bool conform_begin(struct conform *conform, struct conform_subject *subject)
{
	struct error err = { 0 };

	if (conform_subject_start(subject, conform->argv, &err) == 0)
		return true;
	return conform_saw(conform, "%s", err.message);
}

bool conform_saw(struct conform *conform, const char *format, ...)
{
	char text[1024] = "";
	va_list args;
	char *at;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* What a consumer writes shall move nobody's cursor. */
	for (at = text; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	}
	buf_clear(&conform->seen);
	buf_add_str(&conform->seen, text);
	return false;
}

static int shown(struct str_view line)
{
	return line.len < SHOWN ? (int)line.len : SHOWN;
}

static void saw_end(struct conform *conform, struct conform_subject *subject,
		    const char *which)
{
	struct process_outcome outcome = { false, 0 };

	if (!conform_subject_wait(&outcome, subject, END_MS))
		conform_saw(conform, "it closed its output instead of %s", which);
	else
		conform_saw(conform, "it %s %d instead of %s",
			    outcome.signalled ? "was ended by signal"
					      : "ended with status",
			    outcome.code, which);
}

static char read_reply(struct conform *conform, struct str_view line, const char *which)
{
	auto_free char *message = NULL;
	struct reply reply = { CONSUMER_OK, NULL, 0 };
	struct error err = { 0 };

	if (reply_read(&reply, &message, line, &err) < 0) {
		conform_saw(conform, "%s is no reply: %s: %.*s", which, err.message,
			    shown(line), line.data);
		return '\0';
	}
	if (reply.verdict == CONSUMER_OK)
		return 'o';
	conform_saw(conform, "%s is a %s failure: %.300s", which,
		    reply.verdict == CONSUMER_PERMANENT ? "permanent" : "temporary",
		    message);
	return reply.verdict == CONSUMER_PERMANENT ? 'p' : 't';
}

char conform_reply(struct conform *conform, struct conform_subject *subject,
		   const char *which)
{
	struct str_view line = { NULL, 0 };

	switch (conform_subject_take(&line, subject, conform->timeout_ms)) {
	case CONFORM_LINE:
		return read_reply(conform, line, which);
	case CONFORM_NOTHING:
		conform_saw(conform, "no %s within %d ms", which, conform->timeout_ms);
		return '\0';
	case CONFORM_END:
	default:
		saw_end(conform, subject, which);
		return '\0';
	}
}

bool conform_expect(struct conform *conform, struct conform_subject *subject,
		    const char *want)
{
	size_t i;

	for (i = 0; want[i]; i++) {
		auto_free char *which =
			str_format("reply %zu of %zu", i + 1, strlen(want));
		char got = conform_reply(conform, subject, which);

		if (!got || got == 't')
			return false;
		if (want[i] != 'a' && got == 'o' && want[i] == 'p')
			return conform_saw(conform, "%s is ok", which);
		if (want[i] == 'o' && got != 'o')
			return false;
	}
	return true;
}

bool conform_ends(struct conform *conform, struct conform_subject *subject)
{
	struct process_outcome outcome = { false, 0 };
	struct str_view line = { NULL, 0 };
	enum conform_said said = conform_subject_take(&line, subject, END_MS);

	if (said == CONFORM_LINE)
		return conform_saw(conform, "a line more than it had values: %.*s",
				   shown(line), line.data);
	if (said == CONFORM_NOTHING || !conform_subject_wait(&outcome, subject, END_MS))
		return conform_saw(conform, "it still runs 5 s after its input ended");
	if (outcome.signalled)
		return conform_saw(conform, "it was ended by signal %d", outcome.code);
	if (outcome.code)
		return conform_saw(conform, "it ended with status %d", outcome.code);
	return true;
}
