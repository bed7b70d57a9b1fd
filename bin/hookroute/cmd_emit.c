#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/event.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/reply.h"
#include "lib/spool.h"

/* An event may lead to another one, and that to a third, so often. */
enum { HOPS_MAX = 8, WORD_MAX = 256 };

static struct str_view member_of(struct str_view line, const char *key)
{
	struct str_view value = { "null", 4 };

	(void)json_scan_member(&value, line, key);
	return value;
}

/* A string of few characters that mean themselves. */
static int read_word(char word[static WORD_MAX], struct str_view line, const char *key,
		     struct error *err)
{
	struct str_view value = member_of(line, key);

	*word = '\0';
	if (str_view_equal(value, "null"))
		return 0;
	if (*value.data != '"' || value.len > WORD_MAX ||
	    memchr(value.data, '\\', value.len))
		return error_set(err, ERROR_DATA, "'%s' is no name", key);
	snprintf(word, WORD_MAX, "%.*s", (int)value.len - 2, value.data + 1);
	return 0;
}

static int read_hops(uint64_t *hops, struct str_view line, struct error *err)
{
	struct str_view value = member_of(line, "hops");
	auto_free char *text = str_format("%.*s", (int)value.len, value.data);

	if (str_to_u64(hops, text, 1, UINT32_MAX, err) < 0)
		return error_set(err, ERROR_DATA,
				 "'hops' is missing: emit() of the vocabulary counts it");
	if (*hops > HOPS_MAX)
		return error_set(err, ERROR_DATA,
				 "events led to events %d times in a row: is it a loop?",
				 HOPS_MAX);
	return 0;
}

/*
 * The same at every try.  Sums would meet: the second of the first and the first of the
 * second; so what is added hangs on the whole id (FNV-1a).
 */
static void derive(char id[static UUID_LEN], const char *from)
{
	uint32_t hash = 2166136261U;
	const char *p;

	for (p = from; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619U;
	uuid_derive(id, from, hash | 0x80000000U);
}

static int check(const char *id, const char *event, const char *name, struct error *err)
{
	if (!uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "'id' is no UUID");
	if (!path_is_safe_name(event))
		return error_set(err, ERROR_DATA, "'event' is no name as deploy");
	if (*name && !str_is_name(name))
		return error_set(err, ERROR_DATA,
				 "'name' is no name as owner/repository");
	return 0;
}

static int put(const struct spool *spool, struct str_view line, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct str_view payload = member_of(line, "payload");
	char headers[64];
	char event[WORD_MAX];
	char name[WORD_MAX];
	char from[WORD_MAX];
	char id[UUID_LEN];
	uint64_t hops = 0;
	struct event_head head = { .id = id,
				   .provider = "hooktools",
				   .event = event,
				   .delivery = from,
				   .received_ms = date_now_ms() };

	if (read_word(from, line, "id", err) < 0 ||
	    read_word(event, line, "event", err) < 0 ||
	    read_word(name, line, "name", err) < 0 || check(from, event, name, err) < 0 ||
	    read_hops(&hops, line, err) < 0)
		return -1;
	derive(id, from);
	snprintf(headers, sizeof(headers), "{\"hooktools-hops\":\"%u\"}", (unsigned)hops);
	head.headers = (struct str_view){ headers, strlen(headers) };
	head.name = *name ? name : NULL;
	event_write_head(&out, &head);
	buf_add(&out, payload.data, payload.len);
	event_write_tail(&out);
	/* Left by one of us that died while it wrote it. */
	(void)unlinkat(spool->dir[SPOOL_TMP], id, 0);
	return spool_put(spool, id, out.data, out.len, err);
}

static void take(void *context, struct buf *reply, struct str_view line)
{
	struct error problem = { 0 };
	auto_buf struct buf copy = BUF_EMPTY;
	struct json_scan scan;

	buf_add(&copy, line.data, line.len);
	json_scan_start(&scan);
	if (!json_scan_feed(&scan, copy.data, copy.len) || !json_scan_finish(&scan))
		(void)error_set(&problem, ERROR_DATA, "no JSON: %s", scan.problem);
	else
		(void)put(context, line, &problem);
	if (problem.kind)
		reply_write_failure(reply, &problem);
	else
		buf_add_str(reply, "{\"ok\":true}\n");
}

/* The consumer emit: {"id","event","name","payload","hops"} becomes an event of our own. */
int cmd_emit(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;

	(void)options;
	if (spool_open(&spool, path, err) < 0)
		return -1;
	return reply_serve(take, &spool, err);
}
