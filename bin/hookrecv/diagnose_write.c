#include <string.h>

#include "bin/hookrecv/diagnose.h"
#include "bin/hookrecv/span.h"
#include "lib/buf.h"
#include "lib/date.h"

/* What is said, with names in it: {header}, {prefix}, {other}, {provider}, {skew}, {key}, {ended}. */
static const char *const sentences[DIAGNOSE_REASONS] = {
	[DIAGNOSE_NONE] = "nothing was looked at",
	[DIAGNOSE_GOOD] = "the signature in {header} is that of the hook's secret",
	[DIAGNOSE_GOOD_BY_OLD] = "the signature in {header} is that of the old secret of "
				 "{key}, which is still good",
	[DIAGNOSE_OPEN] = "this provider verifies nothing",
	[DIAGNOSE_NO_SECRET] = "the hook's secret is none that this provider can use: "
			       "see hookrecv doctor",
	[DIAGNOSE_ABSENT] =
		"there is no {header}: the forge was given no secret, or a proxy "
		"took the header away",
	[DIAGNOSE_ABSENT_OTHER] =
		"there is no {header}, but a {other}, as {provider} sends: "
		"is the hook's provider the right one?",
	[DIAGNOSE_EMPTY] =
		"the header {header} is there but empty: the forge was given no secret",
	[DIAGNOSE_PREFIX] = "the header {header} does not begin with \"{prefix}\"",
	[DIAGNOSE_NO_TIME] =
		"no header tells when it was signed, and {header} needs that",
	[DIAGNOSE_NO_ID] =
		"a header is missing that is signed together with the body: id or "
		"nonce",
	[DIAGNOSE_FORMAT] = "the header {header} holds nothing that could be a signature",
	[DIAGNOSE_STALE] =
		"it was signed {skew}: a clock is wrong, or it is sent again; and "
		"the signature is not known to be right either",
	[DIAGNOSE_STALE_ONLY] = "it was signed {skew}: a clock is wrong, or it is sent "
				"again; the signature itself is right",
	[DIAGNOSE_TOKEN] = "the header {header} holds another secret",
	[DIAGNOSE_MISMATCH] =
		"the body was signed with another secret, or was changed on "
		"its way",
	[DIAGNOSE_OLD_ENDED] =
		"it verifies against the OLD secret of {key}, which ended {ended} ago: "
		"give the forge the new one",
	[DIAGNOSE_PAYLOAD] =
		"a form, but the JSON in it is signed: is the sender a Gitea, "
		"Forgejo or Gogs?",
	[DIAGNOSE_FORM] =
		"the form is signed and not the JSON in it: is the sender GitHub?",
	[DIAGNOSE_BODY_BREAK] =
		"it verifies with a line break more or less at the end of "
		"the body",
	[DIAGNOSE_SECRET_BREAK] =
		"it verifies with a line break behind the secret: that is "
		"what the forge was given",
	[DIAGNOSE_SECRET_TEXT] =
		"it verifies with the secret as plain text: the sender does "
		"not decode it",
	[DIAGNOSE_SECRET_DECODED] =
		"it verifies with the secret decoded from base 64: the sender decodes it",
};

static void add_word(struct buf *out, const char *name, size_t len,
		     const struct diagnose_words *words)
{
	const struct str_view word = { name, len };
	char span[SPAN_LEN];
	char date[DATE_LEN];

	if (str_view_equal(word, "header"))
		buf_add_str(out, words->header ? words->header : "signature");
	else if (str_view_equal(word, "prefix"))
		buf_add_str(out, words->prefix ? words->prefix : "");
	else if (str_view_equal(word, "other"))
		buf_add_str(out, words->other ? words->other : "");
	else if (str_view_equal(word, "provider"))
		buf_add_str(out, words->other_provider ? words->other_provider : "");
	else if (str_view_equal(word, "ended")) {
		span_format(span, words->ended_ms);
		buf_add_str(out, span);
	} else if (str_view_equal(word, "key")) {
		date_format(date, words->old_ms);
		buf_add_str(out, date);
	} else {
		span_format(span, words->skew_ms);
		buf_add_format(out, "%s %s", span,
			       words->skew_ms < 0 ? "in our future" : "ago");
	}
}

void diagnose_write(struct buf *out, const struct diagnose_words *words)
{
	const char *at = sentences[words->reason < DIAGNOSE_REASONS ? words->reason
								    : DIAGNOSE_NONE];

	while (*at) {
		size_t plain = strcspn(at, "{");

		buf_add(out, at, plain);
		at += plain;
		if (*at) {
			size_t len = strcspn(at, "}");

			add_word(out, at + 1, len - 1, words);
			at += len + 1;
		}
	}
}
