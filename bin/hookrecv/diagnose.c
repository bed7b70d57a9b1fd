#include "bin/hookrecv/diagnose.h"

#include <string.h>

#include "bin/hookrecv/scheme.h"
#include "lib/buf.h"
#include "lib/crypto.h"

struct str_view diagnose_subject(const struct diagnose_request *request)
{
	return request->is_form && request->provider->form_signs_payload
		       ? request->payload
		       : request->body;
}

static const char *header_of(const struct diagnose_request *request, const char *name)
{
	return name ? request->opening.header(request->opening.request, name) : NULL;
}

static bool is_there(const struct diagnose_request *request, const char *name)
{
	const char *value = header_of(request, name);

	return value && *value;
}

/* One scheme by itself, with that secret and those bytes, whatever the clock says. */
static bool agrees(const struct diagnose_request *request,
		   const struct provider_scheme *scheme, struct str_view secret,
		   struct str_view subject)
{
	struct provider alone = { .name = "alone", .schemes = { *scheme } };
	struct signature_opening opening = request->opening;
	struct signature signature = SIGNATURE_NONE;
	bool good;

	if (!subject.data || !secret.len)
		return false;
	opening.secret = secret;
	(void)signature_time(&opening.now_ms, &alone, &opening);
	good = signature_start(&signature, &alone, &opening) == SIGNATURE_GOOD;
	if (good) {
		signature_add(&signature, subject.data, subject.len);
		good = signature_finish(&signature) == SIGNATURE_GOOD;
	}
	signature_free(&signature);
	return good;
}

static bool agrees_with_key(const struct diagnose_request *request,
			    const struct provider_scheme *scheme,
			    enum provider_encoding key, const char *mark)
{
	struct provider_scheme other = *scheme;

	if (scheme->kind != PROVIDER_HMAC ||
	    (scheme->key == PROVIDER_TEXT) == (key == PROVIDER_TEXT))
		return false;
	other.key = key;
	other.mark = mark;
	return agrees(request, &other, request->opening.secret,
		      diagnose_subject(request));
}

static bool agrees_with_break(const struct diagnose_request *request,
			      const struct provider_scheme *scheme)
{
	auto_secret struct buf secret = BUF_EMPTY;

	buf_add(&secret, request->opening.secret.data, request->opening.secret.len);
	buf_add_char(&secret, '\n');
	return agrees(request, scheme, (struct str_view){ secret.data, secret.len },
		      diagnose_subject(request));
}

/* Editors and shells add a line break at the end of a body, or take it away. */
static bool agrees_without_break(const struct diagnose_request *request,
				 const struct provider_scheme *scheme)
{
	struct str_view subject = diagnose_subject(request);
	auto_buf struct buf longer = BUF_EMPTY;

	if (!subject.data)
		return false;
	buf_add(&longer, subject.data, subject.len);
	buf_add_char(&longer, '\n');
	while (subject.len && strchr("\r\n", subject.data[subject.len - 1]))
		subject.len--;
	return agrees(request, scheme, request->opening.secret, subject) ||
	       agrees(request, scheme, request->opening.secret,
		      (struct str_view){ longer.data, longer.len });
}

static bool is_bare(const struct provider_scheme *scheme)
{
	return scheme->kind == PROVIDER_TOKEN || scheme->kind == PROVIDER_BASIC;
}

/* A token says nothing about the body. */
static struct str_view subject_of(const struct diagnose_request *request,
				  const struct provider_scheme *scheme)
{
	return is_bare(scheme) ? (struct str_view){ "", 0 } : diagnose_subject(request);
}

static const struct diagnose_old *find_old(const struct diagnose_request *request,
					   const struct provider_scheme *scheme)
{
	size_t i;

	for (i = 0; i < request->old_count; i++) {
		if (agrees(request, scheme, request->old[i].secret,
			   subject_of(request, scheme)))
			return &request->old[i];
	}
	return NULL;
}

/* The signature is one, but not this secret's over these bytes. */
static enum diagnose_reason find_mistake(const struct diagnose_request *request,
					 const struct provider_scheme *scheme)
{
	struct str_view secret = request->opening.secret;

	if (is_bare(scheme))
		return DIAGNOSE_TOKEN;
	if (request->is_form && request->provider->form_signs_payload &&
	    agrees(request, scheme, secret, request->body))
		return DIAGNOSE_FORM;
	if (request->is_form && agrees(request, scheme, secret, request->payload))
		return DIAGNOSE_PAYLOAD;
	if (agrees_without_break(request, scheme))
		return DIAGNOSE_BODY_BREAK;
	if (agrees_with_break(request, scheme))
		return DIAGNOSE_SECRET_BREAK;
	if (agrees_with_key(request, scheme, PROVIDER_TEXT, NULL))
		return DIAGNOSE_SECRET_TEXT;
	if (agrees_with_key(request, scheme, PROVIDER_BASE64, "whsec_"))
		return DIAGNOSE_SECRET_DECODED;
	return DIAGNOSE_MISMATCH;
}

/* Is one of the signatures in the header a signature by its form? */
static bool has_form(const struct provider_scheme *scheme, const char *value)
{
	size_t want =
		scheme->kind == PROVIDER_ED25519 ? CRYPTO_ED25519_LEN : CRYPTO_SHA256_LEN;
	const char *list = value;

	while (list) {
		auto_buf struct buf bytes = BUF_EMPTY;
		struct str_view item = { list, strlen(list) };

		if (scheme->separator)
			item = str_split(&list, scheme->separator);
		else
			list = NULL;
		if (scheme_decode(&bytes, scheme, item) && bytes.len == want)
			return true;
	}
	return false;
}

/* What is wrong before a byte is compared; NONE when nothing is. */
static enum diagnose_reason check_headers(const struct diagnose_request *request,
					  const struct provider_scheme *scheme)
{
	const char *value = header_of(request, scheme->header);
	auto_secret struct buf key = BUF_EMPTY;
	int64_t signed_ms = 0;

	if (!scheme->separator && scheme->prefix && !str_starts(value, scheme->prefix))
		return DIAGNOSE_PREFIX;
	if (is_bare(scheme))
		return DIAGNOSE_NONE;
	if ((scheme->time || scheme->time_item) &&
	    !signature_time(&signed_ms, request->provider, &request->opening))
		return DIAGNOSE_NO_TIME;
	if ((scheme->id && !is_there(request, scheme->id)) ||
	    (scheme->nonce && !is_there(request, scheme->nonce)))
		return DIAGNOSE_NO_ID;
	if (!scheme_key(&key, scheme, request->opening.secret))
		return DIAGNOSE_NO_SECRET;
	return has_form(scheme, value) ? DIAGNOSE_NONE : DIAGNOSE_FORMAT;
}

static bool is_stale(const struct diagnosis *diagnosis,
		     const struct provider_scheme *scheme)
{
	int64_t tolerance_ms = (int64_t)scheme->tolerance_s * 1000;

	return diagnosis->has_time && scheme->tolerance_s &&
	       (diagnosis->skew_ms > tolerance_ms || diagnosis->skew_ms < -tolerance_ms);
}

/* Is it that of a secret the hook had before? */
static bool judge_old(struct diagnosis *diagnosis, const struct diagnose_request *request,
		      const struct provider_scheme *scheme)
{
	const struct diagnose_old *old = find_old(request, scheme);

	if (!old)
		return false;
	diagnosis->old_ms = old->since_ms;
	diagnosis->ended_ms = request->opening.now_ms - old->until_ms;
	return true;
}

static enum diagnose_reason judge_scheme(struct diagnosis *diagnosis,
					 const struct diagnose_request *request,
					 const struct provider_scheme *scheme)
{
	enum diagnose_reason reason = check_headers(request, scheme);
	bool good = reason == DIAGNOSE_NONE &&
		    agrees(request, scheme, request->opening.secret,
			   subject_of(request, scheme));

	if (reason != DIAGNOSE_NONE)
		return reason;
	if (is_stale(diagnosis, scheme))
		return good ? DIAGNOSE_STALE_ONLY : DIAGNOSE_STALE;
	if (good)
		return DIAGNOSE_GOOD;
	if (judge_old(diagnosis, request, scheme))
		return diagnosis->ended_ms < 0 ? DIAGNOSE_GOOD_BY_OLD
					       : DIAGNOSE_OLD_ENDED;
	return find_mistake(request, scheme);
}

/* A header that this provider of the table would send is there; NULL when none is. */
static const char *find_header(const struct diagnose_request *request,
			       const struct provider *provider)
{
	size_t i;

	for (i = 0; i < PROVIDER_SCHEMES && provider->schemes[i].header; i++) {
		if (is_there(request, provider->schemes[i].header))
			return provider->schemes[i].header;
	}
	return NULL;
}

static void find_other(struct diagnosis *diagnosis,
		       const struct diagnose_request *request)
{
	const struct provider *other = provider_next(NULL);

	for (; other && !diagnosis->other; other = provider_next(other)) {
		diagnosis->other = find_header(request, other);
		diagnosis->other_provider = other->name;
	}
	if (diagnosis->other)
		diagnosis->reason = DIAGNOSE_ABSENT_OTHER;
}

static bool is_passed_over(const struct diagnosis *diagnosis,
			   const struct provider_scheme *scheme, struct str_view secret)
{
	if (scheme->kind == PROVIDER_ED25519 && !scheme_has_mark(scheme, secret))
		return true;
	return diagnosis->scheme && diagnosis->scheme->kind != scheme->kind;
}

static void judge(struct diagnosis *diagnosis, const struct diagnose_request *request)
{
	const struct provider_scheme *schemes = request->provider->schemes;
	size_t i;

	for (i = 0; i < PROVIDER_SCHEMES && schemes[i].header; i++) {
		const char *value = header_of(request, schemes[i].header);

		if (!value)
			continue;
		if (!*value || str_equal(value, schemes[i].prefix)) {
			if (!diagnosis->scheme)
				diagnosis->reason = DIAGNOSE_EMPTY;
			continue;
		}
		if (is_passed_over(diagnosis, &schemes[i], request->opening.secret))
			continue;
		diagnosis->scheme = &schemes[i];
		diagnosis->reason = judge_scheme(diagnosis, request, &schemes[i]);
		if (diagnosis->reason != DIAGNOSE_GOOD &&
		    diagnosis->reason != DIAGNOSE_GOOD_BY_OLD)
			return;
	}
}

void diagnose(struct diagnosis *diagnosis, const struct diagnose_request *request)
{
	int64_t signed_ms = 0;

	*diagnosis = (struct diagnosis){ .reason = DIAGNOSE_ABSENT };
	if (request->provider->open)
		diagnosis->reason = DIAGNOSE_OPEN;
	else if (!request->opening.secret.len)
		diagnosis->reason = DIAGNOSE_NO_SECRET;
	if (diagnosis->reason != DIAGNOSE_ABSENT)
		return;
	diagnosis->has_time =
		signature_time(&signed_ms, request->provider, &request->opening);
	diagnosis->skew_ms =
		diagnosis->has_time ? request->opening.now_ms - signed_ms : 0;
	judge(diagnosis, request);
	if (diagnosis->reason == DIAGNOSE_ABSENT)
		find_other(diagnosis, request);
}
