#include "lib/github_answer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

#define WORDS_MAX 200

static const struct kind_name {
	enum error_kind kind;
	const char *name;
} kinds[] = {
	{ ERROR_TEMPORARY, "temporary" }, { ERROR_DENIED, "denied" },
	{ ERROR_ABSENT, "absent" },	  { ERROR_CONFIG, "config" },
	{ ERROR_DATA, "data" },		  { ERROR_SYSTEM, "system" },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

void github_answer_wipe(struct github_answer *answer)
{
	buf_wipe(&answer->body);
	free(answer->next);
	free(answer->deprecation);
	free(answer->sunset);
	*answer = (struct github_answer)GITHUB_ANSWER_EMPTY;
}

static enum error_kind kind_of(const struct github_answer *answer)
{
	int status = answer->status;

	if (answer->is_limited || status == 408 || status >= 500)
		return ERROR_TEMPORARY;
	if (status == 401 || status == 403)
		return ERROR_DENIED;
	if (status == 404 || status == 410)
		return ERROR_ABSENT;
	return ERROR_DATA;
}

/* The forge's words as JSON has them: escapes stay, so no byte of them can do harm. */
static struct str_view words_of(const struct github_answer *answer)
{
	struct str_view body = { answer->body.data, answer->body.len };
	struct str_view words = { NULL, 0 };

	if (body.len == 0 ||
	    (!json_scan_member(&words, body, "message") &&
	     !json_scan_member(&words, body, "error")) ||
	    words.len < 2)
		return (struct str_view){ "no message", strlen("no message") };
	if (words.data[0] == '"') {
		words.data++;
		words.len -= 2;
	}
	words.len = words.len < WORDS_MAX ? words.len : WORDS_MAX;
	return words;
}

int github_answer_check(const struct github_answer *answer, const char *what,
			struct error *err)
{
	const char *forge = answer->forge ? answer->forge : "GitHub";
	struct str_view words = { NULL, 0 };

	if (answer->status >= 200 && answer->status <= 299)
		return 0;
	words = words_of(answer);
	if (answer->retry_after_s > 0)
		return error_set(err, kind_of(answer),
				 "%s: %s says %d '%.*s', retry after %" PRIu64 " s", what,
				 forge, answer->status, (int)words.len, words.data,
				 answer->retry_after_s);
	return error_set(err, kind_of(answer), "%s: %s says %d '%.*s'", what, forge,
			 answer->status, (int)words.len, words.data);
}

void github_answer_write(struct buf *line, const struct github_answer *answer)
{
	struct json_writer writer = JSON_WRITER(line);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "status", (uint64_t)answer->status);
	json_write_bool(&writer, "limited", answer->is_limited);
	json_write_u64(&writer, "retry_after_s", answer->retry_after_s);
	json_write_u64(&writer, "date_ms", (uint64_t)answer->date_ms);
	if (answer->next)
		json_write_string(&writer, "next", answer->next);
	if (answer->deprecation)
		json_write_string(&writer, "deprecation", answer->deprecation);
	if (answer->sunset)
		json_write_string(&writer, "sunset", answer->sunset);
	if (answer->body.len > 0)
		json_write_raw(&writer, "body", answer->body.data, answer->body.len);
	json_write_object_end(&writer);
	buf_add_char(line, '\n');
}

void github_answer_write_error(struct buf *line, const struct error *err)
{
	struct json_writer writer = JSON_WRITER(line);
	const char *name = "system";

	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == err->kind)
			name = kinds[i].name;
	json_write_object(&writer, NULL);
	json_write_string(&writer, "error", name);
	json_write_string(&writer, "message", err->message);
	json_write_object_end(&writer);
	buf_add_char(line, '\n');
}

static int take_error(struct str_view name, struct str_view line, struct error *err)
{
	struct str_view raw = { "\"\"", 2 };

	(void)json_scan_member(&raw, line,
			       "message"); /* without one there is nothing to tell */
	for (size_t i = 0; i < KINDS; i++)
		if (str_view_equal(name, kinds[i].name))
			return error_set(err, kinds[i].kind, "%.*s", (int)raw.len - 2,
					 raw.data + 1);
	return error_set(err, ERROR_BUG, "unknown error '%.*s'", (int)name.len,
			 name.data);
}

int github_answer_read(struct github_answer *answer, struct str_view line,
		       struct error *err)
{
	struct github_answer read = GITHUB_ANSWER_EMPTY;
	struct str_view text = { NULL, 0 };
	uint64_t status = 0;
	uint64_t date_ms = 0;

	if (!json_plain_is_valid(line))
		return error_set(err, ERROR_BUG, "the answer is no JSON");
	if (json_plain_string(&text, line, "error"))
		return take_error(text, line, err);
	if (!json_plain_u64(&status, line, "status") || status > 999 ||
	    !json_plain_u64(&read.retry_after_s, line, "retry_after_s") ||
	    !json_plain_u64(&date_ms, line, "date_ms") ||
	    !json_scan_member(&text, line, "limited"))
		return error_set(err, ERROR_BUG, "the answer lacks a member");
	read.status = (int)status;
	read.date_ms = (int64_t)date_ms;
	read.is_limited = str_view_equal(text, "true");
	if (json_plain_string(&text, line, "next"))
		read.next = str_format("%.*s", (int)text.len, text.data);
	if (json_plain_string(&text, line, "deprecation"))
		read.deprecation = str_format("%.*s", (int)text.len, text.data);
	if (json_plain_string(&text, line, "sunset"))
		read.sunset = str_format("%.*s", (int)text.len, text.data);
	if (json_scan_member(&text, line, "body"))
		buf_add(&read.body, text.data, text.len);
	github_answer_wipe(answer);
	*answer = read;
	return 0;
}
