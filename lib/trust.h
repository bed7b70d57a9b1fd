#ifndef LIB_TRUST_H
#define LIB_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/certificate.h"
#include "lib/crypto.h"
#include "lib/str.h"

struct error;

/*
 * Whose client certificates are good: those of the pool, see lib/certificate.h, and those that
 * a CA in its folders "ca" has issued, unless they were revoked.  The pool itself, admin and
 * viewer may have such a folder; who is anonymous is counted, and so must be in the pool.  A
 * certificate that is there twice is the first of admin, viewer, plain and anonymous.
 */
enum trust_verdict {
	TRUST_GOOD,
	TRUST_UNKNOWN,
	TRUST_EXPIRED,
	TRUST_EARLY,
	TRUST_REVOKED,
	TRUST_UNFIT /* it is not for clients of TLS */
};

struct trust_finding {
	enum trust_verdict verdict;
	enum certificate_role role;	 /* of one that is good */
	char fingerprint[JOB_OWNER_LEN]; /* SHA-256 of its DER bytes: the owner */
	const char *why; /* a clause about what is wrong with it, static; else "" */
};

struct trust {
	struct certificates pool;
	void *authorities[CERTIFICATE_ROLES]; /* GnuTLS's lists */
	void **lists;			      /* its revocation lists */
	unsigned list_count;
	struct buf revoked; /* digests, one behind the other */
};

#define TRUST_EMPTY                                                                      \
	{                                                                                \
		.pool = CERTIFICATES_EMPTY                                               \
	}
#define auto_trust __attribute__((cleanup(trust_free)))

/*
 * A missing pool is an empty one.  revoked, which may be NULL, is a file with revocation lists
 * (PEM), whose signature nobody looks at as the file is ours, and fingerprints, one a line, as
 * above or as openssl(1) prints them; a bad line, or a list that is not whole, is ERROR_CONFIG.
 */
int trust_read(struct trust *trust, const char *pool, const char *revoked,
	       struct error *err);

/* The text of such a file into a trust that has none yet. */
int trust_take_revoked(struct trust *trust, const struct buf *text, struct error *err);
void trust_free(struct trust *trust);

/* chain: DER, the client's own certificate first; what cannot be read is TRUST_UNKNOWN. */
void trust_judge(struct trust_finding *finding, const struct trust *trust,
		 const struct str_view *chain, size_t count, int64_t now_ms);

/* The next certificate of the pool that is anonymous; *next is 0 at first.  False: no more. */
bool trust_anonymous(char fingerprint[static JOB_OWNER_LEN], size_t *next,
		     const struct trust *trust);

/* The folder of a role's CAs below the pool; NULL for none.  The caller frees it. */
char *trust_folder(enum certificate_role role);

#endif
