#ifndef BIN_HOOKRECV_PROVIDER_H
#define BIN_HOOKRECV_PROVIDER_H

#include <stdbool.h>

/*
 * What each forge sends, as data: a forge is a row of the table in provider.c.  The
 * registered provider of a hook decides; headers only confirm.
 */
enum {
	PROVIDER_SCHEMES = 4,
	PROVIDER_HEADERS = 4,
};

enum provider_kind {
	PROVIDER_TOKEN,	   /* the header is the secret */
	PROVIDER_HEX,	   /* <prefix><hex of HMAC-SHA-256 of the body> */
	PROVIDER_STANDARD, /* Standard Webhooks: "v1,<base64>" over "<id>.<time>.<body>" */
};

struct provider_scheme {
	const char *header; /* NULL ends the list */
	enum provider_kind kind;
	const char *prefix;
};

struct provider {
	const char *name;
	const char *summary;
	/* Each header that is there and not empty must verify, and one must be there. */
	struct provider_scheme schemes[PROVIDER_SCHEMES];
	const char *event[PROVIDER_HEADERS]; /* headers, the first that is there counts */
	const char *delivery[PROVIDER_HEADERS]; /* the same: stable over redeliveries */
	const char *ping;	 /* this event is answered and not stored */
	bool form_signs_payload; /* of a form body the payload is signed, not the form */
	bool open;		 /* nothing is signed */
};

/* NULL when there is none of that name. */
const struct provider *provider_find(const char *name);

/* The next row, NULL at the end; the first for NULL. */
const struct provider *provider_next(const struct provider *provider);

/* Are this header's contents kept from the stored event (signature, token, cookie …)? */
bool provider_hides_header(const char *name);

#endif
