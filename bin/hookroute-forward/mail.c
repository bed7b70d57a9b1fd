#include "bin/hookroute-forward/mail.h"

#include <string.h>

#include "bin/hookroute-forward/options.h"
#include "bin/hookroute-forward/value.h"
#include "lib/base64.h"
#include "lib/error.h"
#include "lib/process.h"

enum {
	SUBJECT_MAX = 180,
	WORD = 39,	  /* bytes of an encoded word: 75 characters at most, RFC 2047 */
	LINE = 57,	  /* bytes of a line in base 64: 76 characters */
	TEXT_MAX = 40000, /* with all of it below what sendmail gets at once */
	OUTPUT_MAX = 65536,
};

static size_t cut_at(const char *text, size_t len, size_t most)
{
	if (len <= most)
		return len;
	while (most > 1 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static bool is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
	}
	return !strstr(text, "=?");
}

/* As much of it as there is on its first line. */
static void write_subject(struct buf *out, const struct value *value)
{
	const char *text = buf_str(value->subject.len ? &value->subject : &value->text);
	size_t len = strcspn(text, "\r\n");
	size_t at = 0;

	len = cut_at(text, len, SUBJECT_MAX);
	buf_add_str(out, "Subject:");
	if (is_plain(text, len)) {
		buf_add_char(out, ' ');
		buf_add(out, text, len);
		buf_add_char(out, '\n');
		return;
	}
	while (at < len) {
		size_t word = cut_at(text + at, len - at, WORD);

		buf_add_str(out, " =?UTF-8?B?");
		base64_encode(out, text + at, word);
		buf_add_str(out, "?=\n");
		at += word;
	}
}

static void write_text(struct buf *out, const struct buf *text)
{
	size_t len = cut_at(buf_str(text), text->len, TEXT_MAX);
	size_t at;

	for (at = 0; at < len; at += LINE) {
		base64_encode(out, text->data + at, len - at < LINE ? len - at : LINE);
		buf_add_char(out, '\n');
	}
}

void mail_write(struct buf *out, const struct options *options, const char *host,
		const struct value *value)
{
	if (options->from)
		buf_add_format(out, "From: %s\n", options->from);
	buf_add_format(out, "To: %s\nMessage-ID: <%s@%s>\n", options->to,
		       buf_str(&value->id), host);
	write_subject(out, value);
	buf_add_str(out, "Auto-Submitted: auto-generated\n"
			 "MIME-Version: 1.0\n"
			 "Content-Type: text/plain; charset=utf-8\n"
			 "Content-Transfer-Encoding: base64\n\n");
	write_text(out, &value->text);
}

int mail_send(const struct options *options, const struct buf *message, struct error *err)
{
	const char *const argv[] = { options->sendmail, "-t", "-i", NULL };
	const struct process_call call = { .argv = argv,
					   .input = { buf_str(message), message->len },
					   .limit = OUTPUT_MAX,
					   .timeout_ms = (int)options->timeout_ms };
	auto_buf struct buf said = BUF_EMPTY;

	if (process_capture(&said, &call, err) == 0)
		return 0;
	/* What is not about this message may be set right. */
	if (err->kind != ERROR_DATA)
		err->kind = ERROR_TEMPORARY;
	return error_wrap(err, "mail");
}
