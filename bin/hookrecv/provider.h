#ifndef BIN_HOOKRECV_PROVIDER_H
#define BIN_HOOKRECV_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What each forge sends, as data: a forge is a row of the table in provider.c.  The
 * registered provider of a hook decides; headers only confirm.
 */
enum {
	PROVIDER_SCHEMES = 4,
	PROVIDER_NAMES = 4,
};

enum provider_kind {
	PROVIDER_HMAC,	  /* HMAC-SHA-256 */
	PROVIDER_ED25519, /* the secret is a public key; the body is held in memory */
	PROVIDER_TOKEN,	  /* the header is the secret */
	PROVIDER_BASIC,	  /* the secret is the password of Basic authentication */
};

enum provider_encoding {
	PROVIDER_TEXT, /* as it is: of a key only */
	PROVIDER_HEX,
	PROVIDER_BASE64,
};

/* How a request is signed; NULL where a thing has no part in it. */
struct provider_scheme {
	const char *header; /* NULL ends the list */
	enum provider_kind kind;
	enum provider_encoding encoding; /* of a signature */
	const char *prefix;		 /* in front of a signature */
	char separator;			 /* between several signatures; 0: there is one */
	enum provider_encoding key;	 /* of the secret */
	const char *mark;		 /* in front of the secret */
	const char *content;		 /* "{id}.{time}.{body}"; NULL: the body alone */
	const char *id;			 /* headers, whose values stand for {id}, */
	const char *nonce;		 /* {nonce} */
	const char *time;		 /* and {time}: seconds since 1970 */
	const char *time_item; /* or the time is in the list of signatures, behind this */
	uint32_t tolerance_s;  /* how far the time may be off, both ways */
};

struct provider {
	const char *name;
	const char *summary;
	/*
	 * Each header that is there and not empty must verify, and one must be there.  Of
	 * several schemes with one header the first that the secret's mark is of counts.
	 * All schemes but tokens sign the same bytes, those of the first that is there.
	 */
	struct provider_scheme schemes[PROVIDER_SCHEMES];
	const char *event[PROVIDER_NAMES]; /* headers, the first that is there counts */
	const char *delivery[PROVIDER_NAMES]; /* the same: stable over redeliveries */
	/* Members of the payload, for senders that name neither in a header. */
	const char *event_member[PROVIDER_NAMES];
	const char *delivery_member[PROVIDER_NAMES];
	const char *public_key;	 /* the secret of a hook that was given none */
	const char *ping;	 /* this event is answered and not stored */
	const char *challenge;	 /* with this member of its payload */
	bool form_signs_payload; /* of a form body the payload is signed, not the form */
	bool never_again;	 /* what we refuse is not sent again */
	bool open;		 /* nothing is signed */
};

/* One of the table; NULL when there is none of that name. */
const struct provider *provider_find(const char *name);

/* The next row, NULL at the end; the first for NULL. */
const struct provider *provider_next(const struct provider *provider);

/* Does its signature, or its token, stand in this header? */
bool provider_signs_in(const struct provider *provider, const char *name);

/* Are this header's contents kept from the stored event (signature, token, cookie …)? */
bool provider_hides_header(const struct provider *provider, const char *name);

/* Does its payload, not a header, say which event or delivery it is? */
bool provider_is_named_by_payload(const struct provider *provider);

#endif
