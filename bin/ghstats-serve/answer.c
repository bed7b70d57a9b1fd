#include "bin/ghstats-serve/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/str.h"

/* FNV-1a, 64 bits: tells states of one page apart, and keeps nothing secret. */
#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

enum { ETAG_LEN = 48 };

static void make_etag(char etag[static ETAG_LEN], const struct buf *json)
{
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < json->len; i++)
		hash = (hash ^ (unsigned char)json->data[i]) * FNV_PRIME;
	snprintf(etag, ETAG_LEN, "\"%016" PRIx64 "-%zx\"", hash, json->len);
}

/* If-None-Match is "*" or a list; a tag in it may be marked as weak. */
static bool is_known(const struct http_exchange *exchange, const char *etag)
{
	const char *list = http_header(exchange, "If-None-Match");

	while (list) {
		struct str_view tag = str_split(&list, ',');

		while (tag.len && strchr(" \t", *tag.data)) {
			tag.data++;
			tag.len--;
		}
		while (tag.len && strchr(" \t", tag.data[tag.len - 1]))
			tag.len--;
		if (tag.len > 2 && strncmp(tag.data, "W/", 2) == 0) {
			tag.data += 2;
			tag.len -= 2;
		}
		if (str_view_equal(tag, "*") || str_view_equal(tag, etag))
			return true;
	}
	return false;
}

void answer_json(struct http_exchange *exchange, const struct buf *json)
{
	char etag[ETAG_LEN];

	make_etag(etag, json);
	http_answer_header(exchange, "ETag", etag);
	http_answer_header(exchange, "Cache-Control", "private, no-cache");
	if (is_known(exchange, etag))
		http_answer(exchange, 304, NULL, "", 0);
	else
		http_answer(exchange, 200, "application/json", json->data, json->len);
}

static void add_escaped(struct buf *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/:";

	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_add_char(out, *text);
		else
			buf_add_format(out, "%%%02X", (unsigned char)*text);
	}
}

static void add_parameter(const char *name, const char *value, void *data)
{
	struct buf *address = data;

	add_escaped(address, name);
	buf_add_char(address, '=');
	add_escaped(address, value);
	buf_add_char(address, '&');
}

static void add_other(const char *name, const char *value, void *data)
{
	if (!str_equal(name, "after"))
		add_parameter(name, value, data);
}

void answer_address(struct buf *out, const struct http_exchange *exchange)
{
	buf_add_format(out, "%s?", http_path(exchange));
	http_each_query(exchange, add_parameter, out);
}

void answer_link(struct http_exchange *exchange, const char *cursor)
{
	auto_buf struct buf link = BUF_EMPTY;

	buf_add_format(&link, "<%s?", http_path(exchange));
	http_each_query(exchange, add_other, &link);
	buf_add_format(&link, "after=%s>; rel=\"next\"", cursor);
	http_answer_header(exchange, "Link", buf_str(&link));
}

void answer_refusal(struct http_exchange *exchange, const char *field,
		    const char *message)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_object(&writer, "error");
	json_write_string(&writer, "code", "bad_parameter");
	json_write_string(&writer, "message", message);
	json_write_string(&writer, "field", field);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	http_answer(exchange, 400, "application/json", text.data, text.len);
}
