#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bin/hookrecv/judged.h"
#include "bin/hookrecv/scheme.h"
#include "bin/hookrecv/span.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/hex.h"
#include "lib/json_write.h"

enum { DIGITS = 2 * CRYPTO_SHA256_LEN + 1 };

static const char *const kinds[] = {
	[PROVIDER_HMAC] = "HMAC-SHA-256",
	[PROVIDER_ED25519] = "Ed25519",
	[PROVIDER_TOKEN] = "the secret itself",
	[PROVIDER_BASIC] = "Basic authentication",
};

static const char *const encodings[] = {
	[PROVIDER_TEXT] = "plain text",
	[PROVIDER_HEX] = "hexadecimal digits",
	[PROVIDER_BASE64] = "base 64",
};

/* What all lines and members are made of. */
struct facts {
	char body[DIGITS];
	char signed_bytes[DIGITS];
	char signed_at[DATE_LEN];
	size_t signed_len;
	size_t key_len;
	bool is_signed; /* a scheme, and the bytes it signs are known */
};

static void digest(char digits[static DIGITS], const void *bytes, size_t len)
{
	uint8_t sum[CRYPTO_SHA256_LEN];

	crypto_sha256(sum, bytes, len);
	hex_encode(digits, sum, sizeof(sum));
}

static bool is_bare(const struct provider_scheme *scheme)
{
	return scheme->kind == PROVIDER_TOKEN || scheme->kind == PROVIDER_BASIC;
}

/* The very bytes that the scheme signs. */
static bool collect(struct buf *bytes, const struct judged *judged, const char *seconds)
{
	const struct provider_scheme *scheme = judged->diagnosis.scheme;
	const struct captured *captured = &judged->captured;
	struct str_view subject = diagnose_subject(&judged->request);
	struct scheme_values values = {
		.id = scheme->id ? captured_header(captured, scheme->id) : NULL,
		.time = seconds,
		.nonce = scheme->nonce ? captured_header(captured, scheme->nonce) : NULL,
	};
	auto_buf struct buf after = BUF_EMPTY;

	if (!subject.data || !scheme_content(bytes, &after, scheme, &values))
		return false;
	buf_add(bytes, subject.data, subject.len);
	buf_add(bytes, buf_str(&after), after.len);
	return true;
}

static void find_facts(struct facts *facts, const struct judged *judged)
{
	const struct provider_scheme *scheme = judged->diagnosis.scheme;
	const struct diagnose_request *request = &judged->request;
	int64_t signed_ms = request->opening.now_ms - judged->diagnosis.skew_ms;
	auto_buf struct buf bytes = BUF_EMPTY;
	auto_secret struct buf key = BUF_EMPTY;
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%jd", (intmax_t)(signed_ms / 1000));
	digest(facts->body, buf_str(&judged->captured.body), judged->captured.body.len);
	date_format(facts->signed_at, signed_ms);
	if (!scheme)
		return;
	if (scheme_key(&key, scheme, request->opening.secret))
		facts->key_len = key.len;
	if (is_bare(scheme) || !collect(&bytes, judged, seconds))
		return;
	facts->is_signed = true;
	facts->signed_len = bytes.len;
	digest(facts->signed_bytes, buf_str(&bytes), bytes.len);
}

static const char *verdict_of(const struct judged *judged)
{
	if (judged->verdict != SIGNATURE_GOOD)
		return signature_code(judged->verdict);
	return judged->problem ? "bad_payload" : "good";
}

static void add_reason(struct buf *out, const struct judged *judged)
{
	const struct diagnosis *diagnosis = &judged->diagnosis;
	const struct provider_scheme *scheme = diagnosis->scheme;
	const struct diagnose_words words = {
		diagnosis->reason,
		scheme ? scheme->header : judged->request.provider->schemes[0].header,
		scheme ? scheme->prefix : NULL,
		diagnosis->other,
		diagnosis->other_provider,
		diagnosis->skew_ms,
		diagnosis->old_ms,
		diagnosis->ended_ms,
	};

	diagnose_write(out, &words);
}

static void say(struct buf *out, const char *step, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct buf *out, const char *step, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	buf_add_format(out, "%-8s  %s\n", step, text);
}

static void say_request(struct buf *out, const struct judged *judged,
			const struct facts *facts)
{
	const struct captured *captured = &judged->captured;

	say(out, "request", "%s %s, %zu headers",
	    captured->method ? captured->method : "POST",
	    captured->path ? captured->path : "(no request line)", captured->count);
	say(out, "body", "%zu bytes%s, sha256 %s", captured->body.len,
	    judged->request.is_form ? ", a form" : "", facts->body);
	if (captured->has_length && captured->caught != captured->length)
		say(out, "body",
		    "Content-Length says %ju bytes, and %ju are here: the rest was %s",
		    (uintmax_t)captured->length, (uintmax_t)captured->caught,
		    captured->caught < captured->length ? "lost" : "left out");
}

static void say_scheme(struct buf *out, const struct judged *judged,
		       const struct facts *facts)
{
	const struct provider_scheme *scheme = judged->diagnosis.scheme;
	const char *value = captured_header(&judged->captured, scheme->header);

	say(out, "header", "%s, %zu characters: %s%s%s%s%s", scheme->header,
	    strlen(value), kinds[scheme->kind], is_bare(scheme) ? "" : " in ",
	    is_bare(scheme) ? "" : encodings[scheme->encoding],
	    scheme->prefix ? " behind " : "", scheme->prefix ? scheme->prefix : "");
	say(out, "key", "%zu bytes: the secret, taken as %s", facts->key_len,
	    encodings[scheme->key]);
	if (judged->diagnosis.has_time) {
		char span[SPAN_LEN];

		span_format(span, judged->diagnosis.skew_ms);
		say(out, "time", "signed at %s, %s %s; %u s are allowed",
		    facts->signed_at, span,
		    judged->diagnosis.skew_ms < 0 ? "in our future" : "ago",
		    scheme->tolerance_s);
	}
	if (facts->is_signed)
		say(out, "signed", "%s%s, %zu bytes, sha256 %s",
		    scheme->content ? scheme->content : "{body}",
		    judged->request.is_form
			    ? (judged->request.provider->form_signs_payload
				       ? " (the form's payload)"
				       : " (the whole form)")
			    : "",
		    facts->signed_len, facts->signed_bytes);
}

static void print_lines(struct buf *out, const struct judged *judged,
			const struct facts *facts)
{
	auto_buf struct buf reason = BUF_EMPTY;

	say_request(out, judged, facts);
	say(out, "provider", "%s: %s", judged->request.provider->name,
	    judged->request.provider->summary ? judged->request.provider->summary : "");
	if (judged->diagnosis.scheme)
		say_scheme(out, judged, facts);
	say(out, "payload", "%s%s", judged->problem ? "no JSON: " : "JSON",
	    judged->problem ? judged->problem : "");
	add_reason(&reason, judged);
	say(out, "verdict", "%s: %s", verdict_of(judged), buf_str(&reason));
}

static void write_scheme(struct json_writer *writer, const struct judged *judged,
			 const struct facts *facts)
{
	const struct provider_scheme *scheme = judged->diagnosis.scheme;

	json_write_string(writer, "header", scheme->header);
	json_write_u64(writer, "header_characters",
		       strlen(captured_header(&judged->captured, scheme->header)));
	json_write_string(writer, "algorithm", kinds[scheme->kind]);
	json_write_u64(writer, "key_bytes", facts->key_len);
	json_write_string(writer, "key_encoding", encodings[scheme->key]);
	if (judged->diagnosis.has_time) {
		json_write_string(writer, "signed_at", facts->signed_at);
		json_write_i64(writer, "skew_ms", judged->diagnosis.skew_ms);
		json_write_u64(writer, "tolerance_ms",
			       (uint64_t)scheme->tolerance_s * 1000);
	}
	if (facts->is_signed) {
		json_write_string(writer, "signed",
				  scheme->content ? scheme->content : "{body}");
		json_write_u64(writer, "signed_bytes", facts->signed_len);
		json_write_string(writer, "signed_sha256", facts->signed_bytes);
	}
}

static void print_object(struct buf *out, const struct judged *judged,
			 const struct facts *facts)
{
	const struct captured *captured = &judged->captured;
	struct json_writer writer = JSON_WRITER(out);
	auto_buf struct buf reason = BUF_EMPTY;

	add_reason(&reason, judged);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "method", captured->method);
	json_write_string(&writer, "path", captured->path);
	json_write_u64(&writer, "headers", captured->count);
	json_write_u64(&writer, "body_bytes", captured->body.len);
	json_write_string(&writer, "body_sha256", facts->body);
	if (captured->has_length)
		json_write_u64(&writer, "content_length", captured->length);
	json_write_bool(&writer, "form", judged->request.is_form);
	json_write_string(&writer, "provider", judged->request.provider->name);
	if (judged->diagnosis.scheme)
		write_scheme(&writer, judged, facts);
	json_write_string(&writer, "payload_problem", judged->problem);
	json_write_string(&writer, "verdict", verdict_of(judged));
	json_write_string(&writer, "key",
			  judged->verdict != SIGNATURE_GOOD ? NULL
			  : judged->by_old		    ? "old"
							    : "now");
	json_write_string(&writer, "reason", buf_str(&reason));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

void judged_print(struct buf *out, const struct judged *judged, bool json)
{
	struct facts facts = { .key_len = 0 };

	find_facts(&facts, judged);
	if (json)
		print_object(out, judged, &facts);
	else
		print_lines(out, judged, &facts);
}
