#include <string.h>

#include "bin/hookroute/conform.h"
#include "bin/hookroute/conform_subject.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum {
	MOMENT_MS = 300,
	LARGE = 1 << 20,
	MANY = 12, /* values without a look at their replies */
	SLOW_MS = 500,
	GONE_MS = 5000,
	DEPTH = 118 /* of what the router takes */,
};

static struct str_view view(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

static void put_sample(struct conform *conform, struct conform_subject *subject)
{
	auto_buf struct buf value = BUF_EMPTY;

	conform_samples_next(&value, &conform->samples);
	conform_subject_put(subject, view(&value));
}

static void put_text(struct conform_subject *subject, const char *text)
{
	conform_subject_put(subject, (struct str_view){ text, strlen(text) });
}

/* One run: what was put, the end of its input, and these replies. */
static bool answers(struct conform *conform, struct conform_subject *subject,
		    const char *want)
{
	conform_subject_end_input(subject, conform->timeout_ms);
	return conform_expect(conform, subject, want);
}

static bool answers_one(struct conform *conform, const struct buf *value,
			const char *want)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;

	if (!conform_begin(conform, &subject))
		return false;
	conform_subject_put(&subject, view(value));
	return answers(conform, &subject, want);
}

static bool check_silent(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	struct str_view line = { NULL, 0 };
	enum conform_said said;

	if (!conform_begin(conform, &subject))
		return false;
	said = conform_subject_take(&line, &subject, MOMENT_MS);
	if (said == CONFORM_LINE)
		return conform_saw(conform, "%.*s", line.len < 200 ? (int)line.len : 200,
				   line.data);
	if (said == CONFORM_END)
		return conform_saw(conform, "it ended, or closed its output");
	return true;
}

/* Replies that come only when there is nothing more to wait for are kept back in a buffer. */
static bool is_kept_back(struct conform *conform, struct conform_subject *subject)
{
	struct str_view line = { NULL, 0 };

	conform_subject_end_input(subject, conform->timeout_ms);
	return conform_subject_take(&line, subject, conform->timeout_ms) == CONFORM_LINE;
}

static bool check_prompt(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	struct str_view line = { NULL, 0 };
	unsigned i;

	if (!conform_begin(conform, &subject))
		return false;
	for (i = 0; i < 2; i++) {
		put_sample(conform, &subject);
		if (conform_expect(conform, &subject, "o"))
			continue;
		if (subject.from >= 0 && is_kept_back(conform, &subject))
			conform_saw(conform, "a reply only after its input had ended: "
					     "flush after each");
		return false;
	}
	if (conform_subject_take(&line, &subject, MOMENT_MS) == CONFORM_LINE)
		return conform_saw(conform, "two lines for one value");
	return true;
}

/* What is no JSON lies between the values, to be known by its replies. */
static bool check_order(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	static const char want[] = "opoopo";
	char got[sizeof(want)] = "";
	size_t i;

	if (!conform_begin(conform, &subject))
		return false;
	for (i = 0; want[i]; i++) {
		if (want[i] == 'o')
			put_sample(conform, &subject);
		else
			put_text(&subject, "this is no JSON");
	}
	conform_subject_end_input(&subject, conform->timeout_ms);
	for (i = 0; want[i]; i++) {
		auto_free char *which = str_format("reply %zu of 6", i + 1);

		got[i] = conform_reply(conform, &subject, which);
		if (!got[i])
			return false;
	}
	/* One that takes everything is told so by another check. */
	if (str_equal(got, want) || str_equal(got, "oooooo"))
		return true;
	return conform_saw(conform,
			   "replies %s to %s (o: ok, p: permanent, t: temporary)", got,
			   want);
}

static bool check_again(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	auto_buf struct buf value = BUF_EMPTY;

	conform_samples_next(&value, &conform->samples);
	if (!conform_begin(conform, &subject))
		return false;
	conform_subject_put(&subject, view(&value));
	conform_subject_put(&subject, view(&value));
	if (!answers(conform, &subject, "oo"))
		return false;
	/* The router, too, never has two of them at a time. */
	conform_subject_close(&subject);
	return answers_one(conform, &value, "o");
}

static void add_large(struct buf *out, char c)
{
	memset(buf_room(out, LARGE), c, LARGE);
	buf_grew(out, LARGE);
}

static bool check_large(struct conform *conform)
{
	auto_buf struct buf value = BUF_EMPTY;
	auto_buf struct buf large = BUF_EMPTY;

	conform_samples_next(&value, &conform->samples);
	buf_add(&large, value.data, 1);
	if (value.data[0] == '{')
		add_large(&large, ' ');
	buf_add(&large, value.data + 1, value.len - 1);
	return answers_one(conform, &large, "o");
}

static bool check_member(struct conform *conform)
{
	auto_buf struct buf value = BUF_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;

	buf_add_char(&text, '"');
	add_large(&text, 'x');
	buf_add_char(&text, '"');
	conform_samples_with(&value, &conform->samples, "x_consumer_test", view(&text));
	return answers_one(conform, &value, "a");
}

static bool check_text(struct conform *conform)
{
	static const char text[] =
		"{\"text\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x99 \\u00e9\\ud83d\\udc19 "
		"\\\"\\\\\\/\\b\\f\\n\\r\\t $(id) `id` "
		"%s\",\"number\":12345678901234567890,"
		"\"exponent\":1E+2,\"\\\"\":[ ] , \"twice\":1,\"twice\":2}";
	struct str_view raw = { text, sizeof(text) - 1 };
	auto_buf struct buf value = BUF_EMPTY;

	conform_samples_with(&value, &conform->samples, "payload", raw);
	return answers_one(conform, &value, "a");
}

static bool check_bad(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;

	if (!conform_begin(conform, &subject))
		return false;
	put_text(&subject, "this is no JSON");
	put_text(&subject, "{\"id\":");
	put_text(&subject, "{\"id\":1}}");
	put_sample(conform, &subject);
	return answers(conform, &subject, "pppo");
}

static bool check_odd(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	auto_buf struct buf deep = BUF_EMPTY;
	unsigned i;

	if (!conform_begin(conform, &subject))
		return false;
	for (i = 0; i < DEPTH; i++)
		buf_add_str(&deep, "{\"a\":");
	buf_add_char(&deep, '1');
	for (i = 0; i < DEPTH; i++)
		buf_add_char(&deep, '}');
	put_text(&subject, "{}");
	put_text(&subject, "[]");
	put_text(&subject, "7");
	put_text(&subject, "null");
	put_text(&subject, "\"text\"");
	put_text(&subject, "{\"id\":7}");
	put_text(&subject, "{\"id\":null,\"payload\":null,\"event\":null}");
	conform_subject_put(&subject, view(&deep));
	put_sample(conform, &subject);
	return answers(conform, &subject, "aaaaaaaao");
}

static bool check_empty(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	char first;

	if (!conform_begin(conform, &subject))
		return false;
	put_text(&subject, "");
	put_sample(conform, &subject);
	conform_subject_end_input(&subject, conform->timeout_ms);
	first = conform_reply(conform, &subject, "reply 1");
	if (!first || first == 't')
		return false;
	if (first == 'o')
		return true;
	return conform_expect(conform, &subject, "o");
}

static bool check_end(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;

	if (!conform_begin(conform, &subject))
		return false;
	put_sample(conform, &subject);
	put_sample(conform, &subject);
	put_sample(conform, &subject);
	return answers(conform, &subject, "ooo") && conform_ends(conform, &subject);
}

static bool check_cut(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	auto_buf struct buf value = BUF_EMPTY;
	char reply;

	conform_samples_next(&value, &conform->samples);
	if (!conform_begin(conform, &subject))
		return false;
	put_sample(conform, &subject);
	if (!conform_expect(conform, &subject, "o"))
		return false;
	buf_add(&subject.output, value.data, value.len / 2);
	conform_subject_end_input(&subject, conform->timeout_ms);
	if (conform_ends(conform, &subject))
		return true;
	/* A reply that nobody reads does no harm, if it is none that promises anything. */
	if (!str_starts(buf_str(&conform->seen), "a line more"))
		return false;
	subject.taken = 0;
	reply = conform_reply(conform, &subject, "the reply to half a line");
	if (reply == 'o')
		return conform_saw(conform, "half a line is answered with ok");
	return reply && conform_ends(conform, &subject);
}

static bool check_killed(struct conform *conform)
{
	auto_conform_subject struct conform_subject first = CONFORM_SUBJECT_NONE;
	auto_conform_subject struct conform_subject second = CONFORM_SUBJECT_NONE;
	unsigned i;

	if (!conform_begin(conform, &first))
		return false;
	for (i = 0; i < 4; i++) {
		auto_buf struct buf value = BUF_EMPTY;

		conform_samples_next(&value, &conform->samples);
		conform_subject_put(&first, view(&value));
		conform_subject_put(&second, view(&value));
	}
	if (!conform_expect(conform, &first, "o"))
		return false;
	conform_subject_kill(&first);
	return conform_begin(conform, &second) && answers(conform, &second, "oooo");
}

static bool check_slow(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	auto_buf struct buf value = BUF_EMPTY;
	struct error err = { 0 };
	struct process_outcome outcome = { false, 0 };
	char want[MANY + 1] = "";

	memset(want, 'o', MANY);
	conform_samples_next(&value, &conform->samples);
	if (conform_subject_start_full(&subject, conform->argv, &err) < 0)
		return conform_saw(conform, "%s", err.message);
	for (unsigned i = 0; i < MANY; i++)
		conform_subject_put(&subject, view(&value));
	(void)conform_subject_push(&subject, SLOW_MS);
	if (conform_subject_wait(&outcome, &subject, SLOW_MS))
		return conform_saw(conform, "it ended instead");
	return conform_expect(conform, &subject, want);
}

static bool check_gone(struct conform *conform)
{
	auto_conform_subject struct conform_subject subject = CONFORM_SUBJECT_NONE;
	struct process_outcome outcome = { false, 0 };
	unsigned i;

	if (!conform_begin(conform, &subject))
		return false;
	conform_subject_stop_reading(&subject);
	for (i = 0; i < 8; i++)
		put_sample(conform, &subject);
	(void)conform_subject_push(&subject, MOMENT_MS);
	if (conform_subject_wait(&outcome, &subject, GONE_MS))
		return true;
	return conform_saw(conform, "it still runs after 5 s");
}

const struct conform_check conform_checks[] = {
	{ "silent", "writes nothing before it has got a value", check_silent },
	{ "prompt", "answers each value at once, with one line", check_prompt },
	{ "order", "answers several values in their order", check_order },
	{ "again", "takes the same id twice, also after a restart", check_again },
	{ "large", "takes a value of 1 MB", check_large },
	{ "member", "lives with a large member that it does not know", check_member },
	{ "text", "lives with Unicode, escapes and long numbers", check_text },
	{ "bad", "answers what is no JSON as permanent, and goes on", check_bad },
	{ "odd", "answers JSON of another shape, and goes on", check_odd },
	{ "empty", "is not ended by an empty line", check_empty },
	{ "end", "answers all and ends with status 0 when its input ends", check_end },
	{ "cut", "ends with status 0 at half a line, and does not take it", check_cut },
	{ "killed", "takes again what it had when it was killed", check_killed },
	{ "slow", "waits for one who reads its replies late", check_slow },
	{ "gone", "ends when nobody reads its replies", check_gone },
};

const size_t conform_check_count = sizeof(conform_checks) / sizeof(conform_checks[0]);
