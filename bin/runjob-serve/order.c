#include "bin/runjob-serve/order.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum {
	GRACE_MS = 10000, /* where none is asked for, as jobspec(5) has it */
	GRACE_PART = 10	  /* of the time that is left, the grace is a tenth at most */
};

/*
 * What does not stand here only an admin may order: secrets, other users, and whatever speaks
 * in the name of an event.  Whose the job is the certificate says.
 */
static const struct {
	const char *key;
	bool is_for_anonymous;
} members[] = {
	{ "id", false },      { "exec", true },	   { "name", true },
	{ "dir", false },     { "stdin", true },   { "payload", true },
	{ "env", true },      { "timeout", true }, { "grace", true },
	{ "limits", true },   { "group", false },  { "busy", false },
	{ "retry", false },   { "after", false },  { "parallel", false },
	{ "sandbox", false }, { "umask", false },  { "log_index", false },
};

static bool may_order(enum certificate_role role, struct str_view key)
{
	if (role == CERTIFICATE_ADMIN)
		return !str_view_equal(key, "owner");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (str_view_equal(key, members[i].key))
			return role == CERTIFICATE_PLAIN || members[i].is_for_anonymous;
	}
	return false;
}

/* How strong a sandbox is: 2 for each level, one less if it does without what is lacking. */
static bool find_strength(unsigned *strength, struct str_view name)
{
	static const char *const levels[] = { "none", "default", "strict" };
	static const char relaxed[] = ",best-effort";
	const size_t len = strlen(relaxed);
	bool is_relaxed =
		name.len > len && memcmp(name.data + name.len - len, relaxed, len) == 0;

	if (is_relaxed)
		name.len -= len;
	for (unsigned i = is_relaxed; i < sizeof(levels) / sizeof(levels[0]); i++) {
		*strength = 2 * i - is_relaxed;
		if (str_view_equal(name, levels[i]))
			return true;
	}
	return false;
}

bool order_knows_sandbox(const char *text)
{
	unsigned ignored = 0;

	return find_strength(&ignored, (struct str_view){ text, strlen(text) });
}

/* What is no sandbox is not: runjob(1) says so. */
static bool is_too_weak(const struct order *order, struct str_view value)
{
	auto_buf struct buf text = BUF_EMPTY;
	unsigned asked = 0;
	unsigned least = 0;

	if (order->role == CERTIFICATE_ADMIN || !json_object_text(&text, value) ||
	    !find_strength(&asked, (struct str_view){ buf_str(&text), text.len }))
		return false;
	return find_strength(&least, (struct str_view){ order->sandbox,
							strlen(order->sandbox) }) &&
	       asked < least;
}

/* One line, well-formed, no member twice. */
static int check(struct buf *body, struct error *err)
{
	const char *problem = NULL;
	struct json_scan scan;

	json_scan_start(&scan);
	if (!json_scan_feed(&scan, body->data, body->len) || !json_scan_finish(&scan))
		return error_set(err, ERROR_DATA, "the body is no JSON: %s",
				 scan.problem ? scan.problem : "it ends too early");
	if (!json_object_is_sound((struct str_view){ body->data, body->len }, &problem))
		return error_set(err, ERROR_DATA, "the body is no job: %s", problem);
	return 0;
}

/* How long it wants to run, and to go on after it was told to end. */
struct times {
	uint64_t timeout_ms;
	uint64_t grace_ms;
};

/* Where a member's time goes; NULL when the member is none that is bounded. */
static uint64_t *find_time(struct times *times, const struct order *order,
			   struct str_view key)
{
	if (order->most_ms && str_view_equal(key, "timeout"))
		return &times->timeout_ms;
	if (order->most_ms && str_view_equal(key, "grace"))
		return &times->grace_ms;
	return NULL;
}

/* "10m" or 600, as jobspec(5) has it. */
static int read_time(uint64_t *ms, struct order *order, struct str_view key,
		     struct str_view value, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (!json_object_text(&text, value))
		buf_add(&text, value.data, value.len);
	if (strlen(buf_str(&text)) == text.len &&
	    str_to_duration(ms, buf_str(&text), err) == 0)
		return 0;
	buf_add(&order->field, key.data, key.len);
	return error_set(err, ERROR_DATA, "'%.*s' wants a time, as \"30s\"", (int)key.len,
			 key.data);
}

static void write_time(struct json_writer *writer, const char *key, uint64_t ms)
{
	auto_free char *text = str_format("%llums", (unsigned long long)ms);

	json_write_string(writer, key, text);
}

/* Both together are no longer than it may run: who does not heed SIGTERM gains nothing. */
static void write_times(struct json_writer *writer, const struct order *order,
			struct times times)
{
	const uint64_t most_ms = order->most_ms;

	if (times.grace_ms > most_ms / GRACE_PART)
		times.grace_ms = most_ms / GRACE_PART;
	if (!times.timeout_ms || times.timeout_ms > most_ms - times.grace_ms)
		times.timeout_ms = most_ms - times.grace_ms;
	write_time(writer, "timeout", times.timeout_ms);
	write_time(writer, "grace", times.grace_ms);
}

static int refuse(struct order *order, struct str_view key, struct error *err)
{
	buf_add(&order->field, key.data, key.len);
	return error_set(err, ERROR_DENIED, "this certificate may not order that");
}

void order_group(struct buf *out, const char *owner, const char *group)
{
	buf_add_format(out, "%.16s/%s", owner, group);
}

/* False when it is no text. */
static bool write_group(struct json_writer *writer, const struct order *order,
			struct str_view value)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf group = BUF_EMPTY;

	if (!json_object_text(&text, value) || strlen(buf_str(&text)) != text.len)
		return false;
	order_group(&group, order->owner, buf_str(&text));
	json_write_string(writer, "group", buf_str(&group));
	return true;
}

/* As it is written: escapes in it stay what they are. */
static void write_member(struct json_writer *writer, struct str_view key,
			 struct str_view value)
{
	if (writer->need_comma)
		buf_add_char(writer->out, ',');
	buf_add_char(writer->out, '"');
	buf_add(writer->out, key.data, key.len);
	buf_add_str(writer->out, "\":");
	buf_add(writer->out, value.data, value.len);
	writer->need_comma = true;
}

static int take_members(struct order *order, struct times *times,
			struct json_writer *writer, struct str_view rest,
			struct error *err)
{
	struct str_view key = { NULL, 0 };
	struct str_view value = { NULL, 0 };

	while (json_scan_next(&key, &value, &rest)) {
		uint64_t *ms = find_time(times, order, key);

		if (!may_order(order->role, key) ||
		    (str_view_equal(key, "sandbox") && is_too_weak(order, value)))
			return refuse(order, key, err);
		if (ms && read_time(ms, order, key, value, err) < 0)
			return -1;
		if (ms)
			continue;
		if (order->role == CERTIFICATE_ADMIN || !str_view_equal(key, "group") ||
		    !write_group(writer, order, value))
			write_member(writer, key, value);
	}
	return 0;
}

int order_make(struct order *order, struct buf *body, struct error *err)
{
	struct json_writer writer = JSON_WRITER(&order->line);
	struct str_view sandbox = { NULL, 0 };
	struct times times = { 0, GRACE_MS };

	if (check(body, err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	if (take_members(order, &times, &writer,
			 (struct str_view){ body->data, body->len }, err) < 0)
		return -1;
	if (order->most_ms)
		write_times(&writer, order, times);
	if (order->role != CERTIFICATE_ADMIN &&
	    !json_scan_member(&sandbox, (struct str_view){ body->data, body->len },
			      "sandbox"))
		json_write_string(&writer, "sandbox", order->sandbox);
	json_write_object_end(&writer);
	buf_add_char(&order->line, '\n');
	return 0;
}

void order_free(struct order *order)
{
	buf_free(&order->line);
	buf_free(&order->field);
}
