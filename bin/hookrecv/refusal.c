#include "bin/hookrecv/refusal.h"

#include <string.h>

#include "bin/hookrecv/diagnose.h"
#include "bin/hookrecv/span.h"
#include "bin/hookrecv/trace.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/json_write.h"
#include "lib/str.h"

/* What a code of an answer means, where no signature was looked at. */
static const struct {
	const char *code;
	const char *said;
} meanings[] = {
	{ "unknown_hook", "there is no such hook" },
	{ "not_found", "there is nothing at this path" },
	{ "method_not_allowed", "a hook takes POST" },
	{ "length_required", "it had no body" },
	{ "too_large", "its body is larger than the hook takes: hookrecv show tells" },
	{ "unsupported_media_type", "its type is neither JSON nor a form" },
	{ "bad_payload", "it is signed well, but its payload is no JSON" },
	{ "banned", "its sender is banned: hookrecv bans list" },
	{ "too_many_requests", "its sender sends too many requests a second" },
	{ "unavailable", "it could not be stored: see the log, and hookrecv doctor" },
	{ "head_too_large", "its headers are too large or too many" },
	{ "broken_off", "the connection ended before it was whole" },
	{ "unsigned", "it is not signed" },
	{ "bad_signature", "its signature is not that of the hook's secret" },
	{ "stale_signature", "it was signed too long ago, or in our future" },
};

void refusal_reason(struct buf *out, const struct trace_record *record)
{
	const char *said = record->code;
	size_t i;

	if (record->reason != DIAGNOSE_NONE && record->reason < DIAGNOSE_REASONS) {
		const struct diagnose_words words = {
			.reason = record->reason,
			.header = record->header,
			.prefix = record->prefix,
			.other = record->other,
			.other_provider = record->other_provider,
			.skew_ms = record->skew_ms,
			.old_ms = record->old_ms,
			.ended_ms = record->ended_ms,
		};

		diagnose_write(out, &words);
		return;
	}
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (str_equal(meanings[i].code, record->code))
			said = meanings[i].said;
	}
	buf_add_str(out, said);
}

static void write_headers(struct json_writer *writer, const char *names)
{
	const char *rest = *names ? names : NULL;

	json_write_array(writer, "headers");
	while (rest) {
		struct str_view name = str_split(&rest, ' ');

		json_write_bytes(writer, NULL, name.data, name.len);
	}
	json_write_array_end(writer);
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void print_object(struct buf *out, const struct trace_record *record,
			 const char *name)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_buf struct buf reason = BUF_EMPTY;
	char date[DATE_LEN];

	refusal_reason(&reason, record);
	json_write_object(&writer, NULL);
	date_format(date, record->first_ms);
	json_write_string(&writer, "at", date);
	date_format(date, record->last_ms);
	json_write_string(&writer, "last_at", date);
	json_write_u64(&writer, "times", record->times);
	json_write_u64(&writer, "status", record->status);
	json_write_string(&writer, "code", record->code);
	json_write_string(&writer, "reason", buf_str(&reason));
	json_write_string(&writer, "detail", or_null(record->detail));
	json_write_string(&writer, "hook", or_null(record->hook));
	json_write_string(&writer, "name", name);
	json_write_string(&writer, "provider", or_null(record->provider));
	json_write_string(&writer, "remote", record->remote);
	json_write_string(&writer, "signature_header", or_null(record->header));
	json_write_u64(&writer, "bytes", record->bytes);
	json_write_string(&writer, "sha256_begin", or_null(record->digest));
	if (record->has_skew)
		json_write_i64(&writer, "skew_ms", record->skew_ms);
	write_headers(&writer, record->headers);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void print_lines(struct buf *out, const struct trace_record *record,
			const char *name)
{
	char date[DATE_LEN];
	char span[SPAN_LEN];

	date_format(date, record->last_ms);
	buf_add_format(out, "%s  %u %s  %s  from %s", date, record->status, record->code,
		       name	       ? name
		       : *record->hook ? record->hook
				       : "no hook",
		       record->remote);
	span_format(span, record->last_ms - record->first_ms);
	if (record->times > 1)
		buf_add_format(out, ", %ju times in %s", (uintmax_t)record->times, span);
	buf_add_str(out, "\n    ");
	refusal_reason(out, record);
	if (*record->detail)
		buf_add_format(out, " (%s)", record->detail);
	buf_add_format(out, "\n    %s%s%ju bytes", record->provider,
		       *record->provider ? ", " : "", (uintmax_t)record->bytes);
	if (*record->digest)
		buf_add_format(out, ", sha256 %s...", record->digest);
	if (record->has_skew) {
		span_format(span, record->skew_ms);
		buf_add_format(out, ", signed %s %s", span,
			       record->skew_ms < 0 ? "in our future" : "ago");
	}
	buf_add_format(out, "\n    headers: %s\n", record->headers);
}

void refusal_print(struct buf *out, const struct trace_record *record, const char *name,
		   bool json)
{
	if (json)
		print_object(out, record, name);
	else
		print_lines(out, record, name);
}
