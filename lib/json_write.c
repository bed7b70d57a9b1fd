#include "lib/json_write.h"

#include <stdbool.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/utf8.h"

/* May it stand in a string as it is? */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void write_escaped(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		buf_add_char(out, '\\');
		buf_add_char(out, to[at - from]);
	} else {
		buf_add_format(out, "\\u%04x", c);
	}
}

/* What cannot stand there as it is; gives how many bytes that are. */
static size_t write_special(struct buf *out, const unsigned char *bytes, size_t left)
{
	size_t sequence = utf8_len(bytes, left);

	if (sequence == 0)
		buf_add_str(out, "\\ufffd");
	else if (sequence == 1)
		write_escaped(out, bytes[0]);
	else
		buf_add(out, bytes, sequence);
	return sequence ? sequence : 1;
}

static void write_text(struct buf *out, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i = 0;

	buf_add_char(out, '"');
	while (i < len) {
		size_t plain = i;

		while (plain < len && is_plain(bytes[plain]))
			plain++;
		buf_add(out, bytes + i, plain - i);
		i = plain;
		if (i < len)
			i += write_special(out, bytes + i, len - i);
	}
	buf_add_char(out, '"');
}

static void begin_value(struct json_writer *writer, const char *key)
{
	if (writer->need_comma)
		buf_add_char(writer->out, ',');
	writer->need_comma = true;
	if (key) {
		write_text(writer->out, key, strlen(key));
		buf_add_char(writer->out, ':');
	}
}

static void open_group(struct json_writer *writer, const char *key, char bracket)
{
	begin_value(writer, key);
	buf_add_char(writer->out, bracket);
	writer->need_comma = false;
}

static void close_group(struct json_writer *writer, char bracket)
{
	buf_add_char(writer->out, bracket);
	writer->need_comma = true;
}

void json_write_object(struct json_writer *writer, const char *key)
{
	open_group(writer, key, '{');
}

void json_write_array(struct json_writer *writer, const char *key)
{
	open_group(writer, key, '[');
}

void json_write_object_end(struct json_writer *writer)
{
	close_group(writer, '}');
}

void json_write_array_end(struct json_writer *writer)
{
	close_group(writer, ']');
}

void json_write_string(struct json_writer *writer, const char *key, const char *text)
{
	if (text)
		json_write_bytes(writer, key, text, strlen(text));
	else
		json_write_null(writer, key);
}

/* Without the beginning of a sequence at its end. */
static size_t whole_len(const char *text)
{
	size_t len = strlen(text);
	size_t lead = len;

	while (lead > 0 && len - lead < 4) {
		unsigned char c = (unsigned char)text[--lead];

		if (c < 0x80)
			return len;
		if (c >= 0xc0)
			return utf8_len((const unsigned char *)text + lead, len - lead)
				       ? len
				       : lead;
	}
	return len;
}

void json_write_cut(struct json_writer *writer, const char *key, const char *text)
{
	size_t len = whole_len(text);

	if (len)
		json_write_bytes(writer, key, text, len);
	else
		json_write_null(writer, key);
}

void json_write_bytes(struct json_writer *writer, const char *key, const char *text,
		      size_t len)
{
	begin_value(writer, key);
	write_text(writer->out, text, len);
}

void json_write_u64(struct json_writer *writer, const char *key, uint64_t number)
{
	char digits[20]; /* of 2^64 - 1 */
	size_t at = sizeof(digits);

	/* Numbers are in every line of every log: printf would cost more than the rest. */
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	begin_value(writer, key);
	buf_add(writer->out, digits + at, sizeof(digits) - at);
}

void json_write_i64(struct json_writer *writer, const char *key, int64_t number)
{
	if (number >= 0) {
		json_write_u64(writer, key, (uint64_t)number);
		return;
	}
	begin_value(writer, key);
	buf_add_format(writer->out, "%jd", (intmax_t)number);
}

void json_write_bool(struct json_writer *writer, const char *key, bool value)
{
	begin_value(writer, key);
	buf_add_str(writer->out, value ? "true" : "false");
}

void json_write_null(struct json_writer *writer, const char *key)
{
	begin_value(writer, key);
	buf_add_str(writer->out, "null");
}

void json_write_raw(struct json_writer *writer, const char *key, const char *text,
		    size_t len)
{
	begin_value(writer, key);
	buf_add(writer->out, text, len);
}
