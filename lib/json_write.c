#include "lib/json_write.h"

#include <string.h>

#include "lib/buf.h"

/* The length of the UTF-8 sequence at text, 0 when there is none (RFC 3629). */
static size_t utf8_len(const unsigned char *text, size_t left)
{
	size_t len;
	size_t i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	len = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (len > left)
		return 0;
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return len;
}

static void write_ascii(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		buf_add_char(out, '\\');
		buf_add_char(out, to[at - from]);
	} else if (c < 0x20 || c == 0x7f) {
		buf_add_format(out, "\\u%04x", c);
	} else {
		buf_add_char(out, (char)c);
	}
}

static void write_text(struct buf *out, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i = 0;

	buf_add_char(out, '"');
	while (i < len) {
		size_t sequence = utf8_len(bytes + i, len - i);

		if (sequence == 0)
			buf_add_str(out, "\\ufffd");
		else if (sequence == 1)
			write_ascii(out, bytes[i]);
		else
			buf_add(out, text + i, sequence);
		i += sequence ? sequence : 1;
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

void json_write_bytes(struct json_writer *writer, const char *key, const char *text,
		      size_t len)
{
	begin_value(writer, key);
	write_text(writer->out, text, len);
}

void json_write_u64(struct json_writer *writer, const char *key, uint64_t number)
{
	begin_value(writer, key);
	buf_add_format(writer->out, "%ju", (uintmax_t)number);
}

void json_write_i64(struct json_writer *writer, const char *key, int64_t number)
{
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
