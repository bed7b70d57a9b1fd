#include "bin/hookrecv/captured.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/form.h"
#include "lib/error.h"
#include "lib/file.h"

enum { LIMIT = 64 << 20, CHUNK_DIGITS = 8 };

/* Where the head ends: behind the first empty line, or at the end of all. */
static size_t find_body(struct str_view all, size_t *head)
{
	size_t at = 0;

	while (at < all.len) {
		const char *end = memchr(all.data + at, '\n', all.len - at);
		size_t len = end ? (size_t)(end - all.data) - at : all.len - at;

		if (len == 0 || (len == 1 && all.data[at] == '\r')) {
			*head = at;
			return end ? at + len + 1 : all.len;
		}
		at += len + 1;
	}
	*head = all.len;
	return all.len;
}

/* "POST /hook/x HTTP/1.1"; false when it is something else: "Upgrade: HTTP/2.0" is a header. */
static bool take_request_line(struct captured *captured, char *line)
{
	char *path = strchr(line, ' ');
	char *version = path ? strchr(path + 1, ' ') : NULL;

	if (!version || !str_starts(version + 1, "HTTP/"))
		return false;
	*path = '\0';
	*version = '\0';
	captured->method = line;
	captured->path = path + 1;
	return true;
}

static int take_header(struct captured *captured, char *line, struct error *err)
{
	char *colon = strchr(line, ':');
	char *value;

	if (!colon || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
		return error_set(err, ERROR_DATA, "'%.40s' is no header", line);
	if (captured->count == CAPTURED_HEADERS)
		return error_set(err, ERROR_DATA, "more than %d headers",
				 CAPTURED_HEADERS);
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	captured->names[captured->count] = line;
	captured->values[captured->count++] = value;
	return 0;
}

static int take_head(struct captured *captured, struct error *err)
{
	char *next = captured->head.data;
	bool first = true;

	while (next && *next) {
		char *line = next;
		size_t len = strcspn(line, "\n");

		next = line[len] ? line + len + 1 : NULL;
		line[len] = '\0';
		while (len && strchr("\r \t", line[len - 1]))
			line[--len] = '\0';
		if (first && str_starts(line, "HTTP/"))
			return error_set(err, ERROR_DATA,
					 "this is an answer, no request");
		if (!(first && take_request_line(captured, line)) &&
		    take_header(captured, line, err) < 0)
			return -1;
		first = false;
	}
	if (first)
		return error_set(err, ERROR_DATA, "there is no request");
	return 0;
}

static bool chunk_length(size_t *len, const char *text, size_t digits)
{
	size_t i;

	*len = 0;
	for (i = 0; i < digits; i++) {
		static const char hex[] = "0123456789abcdef0123456789ABCDEF";
		const char *at = strchr(hex, text[i]);

		if (!text[i] || !at)
			return false;
		*len = *len * 16 + (size_t)(at - hex) % 16;
	}
	return digits > 0;
}

/* Bytes that are in no chunk are left out. */
static int take_chunks(struct buf *body, struct str_view rest, struct error *err)
{
	size_t at = 0;

	while (at < rest.len) {
		const char *line = rest.data + at;
		const char *end = memchr(line, '\n', rest.len - at);
		size_t digits = 0;
		size_t len = 0;

		while (end && digits < CHUNK_DIGITS && line + digits < end &&
		       !strchr(";\r", line[digits]))
			digits++;
		if (!end || !chunk_length(&len, line, digits))
			return error_set(err, ERROR_DATA, "the body is not in chunks");
		at = (size_t)(end - rest.data) + 1;
		if (len == 0)
			return 0;
		if (len > rest.len - at)
			return error_set(err, ERROR_DATA, "the last chunk is cut off");
		buf_add(body, rest.data + at, len);
		at += len;
		at += at < rest.len && rest.data[at] == '\r';
		at += at < rest.len && rest.data[at] == '\n';
	}
	return error_set(err, ERROR_DATA, "the last chunk is missing");
}

/* What is behind the length that was announced was not sent: a line break of an editor. */
static int take_body(struct captured *captured, struct str_view rest, struct error *err)
{
	const char *length = captured_header(captured, "Content-Length");
	const char *coding = captured_header(captured, "Transfer-Encoding");

	captured->caught = rest.len;
	if (str_equal_nocase(coding, "chunked"))
		return take_chunks(&captured->body, rest, err);
	if (length && str_to_u64(&captured->length, length, 0, UINT64_MAX, err) < 0)
		return error_wrap(err, "Content-Length");
	captured->has_length = length != NULL;
	if (length && captured->length < rest.len)
		rest.len = captured->length;
	buf_add(&captured->body, rest.data, rest.len);
	return 0;
}

int captured_parse(struct captured *captured, struct str_view text, struct error *err)
{
	size_t head = 0;
	size_t body = find_body(text, &head);

	if (memchr(text.data, '\0', head))
		return error_set(err, ERROR_DATA, "there is a zero byte in the headers");
	buf_add(&captured->head, text.data, head);
	if (take_head(captured, err) < 0)
		return -1;
	return take_body(captured, (struct str_view){ text.data + body, text.len - body },
			 err);
}

int captured_read(struct captured *captured, const char *path, struct error *err)
{
	auto_buf struct buf all = BUF_EMPTY;
	int failed = str_equal(path, "-") ? file_read_fd(&all, STDIN_FILENO, LIMIT, err)
					  : file_read(&all, AT_FDCWD, path, LIMIT, err);

	if (failed)
		return error_wrap(err, "read the request");
	return captured_parse(captured, (struct str_view){ buf_str(&all), all.len }, err);
}

void captured_free(struct captured *captured)
{
	buf_free(&captured->head);
	buf_free(&captured->body);
}

const char *captured_header(const void *request, const char *name)
{
	const struct captured *captured = request;
	size_t i;

	for (i = 0; i < captured->count; i++) {
		if (str_equal_nocase(captured->names[i], name))
			return captured->values[i];
	}
	return NULL;
}

bool captured_is_form(const struct captured *captured)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = captured_header(captured, "Content-Type");
	auto_buf struct buf base = BUF_EMPTY;

	if (!type)
		return false;
	buf_add(&base, type, strcspn(type, "; \t"));
	return str_equal_nocase(buf_str(&base), form);
}

bool captured_payload(struct buf *payload, const struct captured *captured)
{
	struct form form = { 0 };

	return form_feed(&form, payload, buf_str(&captured->body), captured->body.len) &&
	       form_finish(&form);
}
