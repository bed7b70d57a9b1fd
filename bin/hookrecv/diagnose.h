#ifndef BIN_HOOKRECV_DIAGNOSE_H
#define BIN_HOOKRECV_DIAGNOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookrecv/provider.h"
#include "bin/hookrecv/signature.h"
#include "lib/str.h"

struct buf;

/*
 * Why is a request's signature good or not?  For people: it tries what people get wrong
 * (another secret, a line break too many, the form in place of its payload), which the
 * verdict itself never does.  It tells no secret and no signature.
 */
enum diagnose_reason {
	DIAGNOSE_NONE,
	DIAGNOSE_GOOD,
	DIAGNOSE_GOOD_BY_OLD,
	DIAGNOSE_OPEN,	    /* the provider verifies nothing */
	DIAGNOSE_NO_SECRET, /* we have none, or one that the provider cannot use */
	DIAGNOSE_ABSENT,
	DIAGNOSE_ABSENT_OTHER, /* another provider's header is there */
	DIAGNOSE_EMPTY,
	DIAGNOSE_PREFIX,
	DIAGNOSE_NO_TIME,
	DIAGNOSE_NO_ID,
	DIAGNOSE_FORMAT,
	DIAGNOSE_STALE,
	DIAGNOSE_STALE_ONLY, /* and else it would be good */
	DIAGNOSE_TOKEN,
	DIAGNOSE_MISMATCH,
	DIAGNOSE_OLD_ENDED,
	DIAGNOSE_PAYLOAD, /* the form's payload is signed */
	DIAGNOSE_FORM,	  /* the form is signed, not its payload */
	DIAGNOSE_BODY_BREAK,
	DIAGNOSE_SECRET_BREAK,
	DIAGNOSE_SECRET_TEXT,
	DIAGNOSE_SECRET_DECODED,
	DIAGNOSE_REASONS /* how many */
};

/* A secret that the hook had before, good until its end. */
enum { DIAGNOSE_OLD = 3 };

struct diagnose_old {
	struct str_view secret;
	int64_t since_ms; /* when the hook was given it: its name */
	int64_t until_ms;
};

struct diagnose_request {
	const struct provider *provider;
	struct signature_opening opening; /* its secret is the hook's own */
	struct diagnose_old old[DIAGNOSE_OLD];
	size_t old_count;
	struct str_view body;	 /* data is NULL where it is not known */
	struct str_view payload; /* of a form; the same */
	bool is_form;
};

struct diagnosis {
	enum diagnose_reason reason;
	const struct provider_scheme *scheme; /* that decided; NULL when none did */
	const char *other;		      /* the header of ABSENT_OTHER, */
	const char *other_provider;	      /* and who sends it */
	bool has_time;
	int64_t skew_ms;  /* received minus signed */
	int64_t old_ms;	  /* the name of the old secret it was signed with, */
	int64_t ended_ms; /* and how long ago that ended */
};

void diagnose(struct diagnosis *diagnosis, const struct diagnose_request *request);

/* What the provider says is signed of this body; data is NULL where it is not known. */
struct str_view diagnose_subject(const struct diagnose_request *request);

/* Append the reason as a sentence without a full stop. */
struct diagnose_words {
	enum diagnose_reason reason;
	const char *header;
	const char *prefix;
	const char *other;
	const char *other_provider;
	int64_t skew_ms;
	int64_t old_ms;
	int64_t ended_ms;
};
void diagnose_write(struct buf *out, const struct diagnose_words *words);

#endif
