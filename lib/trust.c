#include "lib/trust.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hex.h"
#include "lib/str.h"

enum { CHAIN_MAX = 8, KEY_USAGE_ASKED = GNUTLS_KEY_DIGITAL_SIGNATURE };

/* The mightiest first. */
static const enum certificate_role by_might[] = { CERTIFICATE_ADMIN, CERTIFICATE_VIEWER,
						  CERTIFICATE_PLAIN,
						  CERTIFICATE_ANONYMOUS };

/* What a client has shown, for as long as it is judged. */
struct shown {
	gnutls_x509_crt_t chain[CHAIN_MAX];
	unsigned count;
	bool is_member; /* of the pool itself: no CA has to vouch for it */
};

static void forget(struct shown *shown)
{
	while (shown->count)
		gnutls_x509_crt_deinit(shown->chain[--shown->count]);
}

static bool import(struct shown *shown, const struct str_view *chain, size_t count)
{
	for (size_t i = 0; i < count && i < CHAIN_MAX; i++) {
		const gnutls_datum_t der = { (unsigned char *)(uintptr_t)chain[i].data,
					     (unsigned)chain[i].len };

		if (gnutls_x509_crt_init(&shown->chain[i]) < 0)
			abort();
		shown->count++;
		if (gnutls_x509_crt_import(shown->chain[i], &der, GNUTLS_X509_FMT_DER) <
		    0)
			return false;
	}
	return shown->count > 0;
}

static bool is_member(const struct trust *trust, const char *fingerprint,
		      enum certificate_role role)
{
	for (size_t i = 0; i < trust->pool.count; i++) {
		if (trust->pool.items[i].role == role &&
		    str_equal(trust->pool.items[i].hash, fingerprint))
			return true;
	}
	return false;
}

/* Did a CA of this role issue it?  Its time is looked at later, and elsewhere.  What is a CA
 * itself is no client. */
static bool is_issued(void *authorities, struct shown *shown)
{
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT
	};
	unsigned status = 0;

	if (!authorities || gnutls_x509_crt_get_ca_status(shown->chain[0], NULL) > 0 ||
	    gnutls_x509_trust_list_verify_crt2(
		    authorities, shown->chain, shown->count, &purpose, 1,
		    GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status, NULL) < 0)
		return false;
	/* That it is for something else is told when all the rest is well. */
	return (status &
		~(unsigned)(GNUTLS_CERT_INVALID | GNUTLS_CERT_PURPOSE_MISMATCH)) == 0;
}

/* The CAs that vouch for what was shown are those for which it holds without them. */
static bool has_issued(gnutls_x509_crt_t authority, const struct shown *shown)
{
	for (unsigned i = 0; i < shown->count; i++) {
		unsigned status = 0;

		if (gnutls_x509_crt_check_issuer(shown->chain[i], authority) == 1 &&
		    gnutls_x509_crt_verify(shown->chain[i], &authority, 1,
					   GNUTLS_VERIFY_DISABLE_TIME_CHECKS,
					   &status) == 0 &&
		    !status)
			return true;
	}
	return false;
}

static bool is_known(struct trust_finding *finding, const struct trust *trust,
		     struct shown *shown)
{
	for (size_t i = 0; i < CERTIFICATE_ROLES; i++) {
		finding->role = by_might[i];
		shown->is_member = is_member(trust, finding->fingerprint, finding->role);
		if (shown->is_member ||
		    is_issued(trust->authorities[finding->role], shown))
			return true;
	}
	return false;
}

static bool is_revoked(const struct trust *trust, gnutls_x509_crt_t crt)
{
	const uint8_t *digests = (const uint8_t *)trust->revoked.data;
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	size_t len = sizeof(digest);

	if (gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, digest, &len) < 0)
		return true;
	for (size_t i = 0; i < trust->revoked.len; i += CRYPTO_SHA256_LEN) {
		if (crypto_equal(digests + i, digest, CRYPTO_SHA256_LEN))
			return true;
	}
	return trust->list_count && gnutls_x509_crt_check_revocation(
					    crt, (const gnutls_x509_crl_t *)trust->lists,
					    trust->list_count) != 0;
}

/* Without a purpose it is for any. */
static bool is_for_clients(gnutls_x509_crt_t own)
{
	unsigned usage = 0;
	char oid[128];
	size_t len = sizeof(oid);

	if (gnutls_x509_crt_get_key_usage(own, &usage, NULL) == 0 &&
	    !(usage & KEY_USAGE_ASKED))
		return false;
	return gnutls_x509_crt_get_key_purpose_oid(own, 0, oid, &len, NULL) ==
		       GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	       gnutls_x509_crt_check_key_purpose(own, GNUTLS_KP_TLS_WWW_CLIENT, 0);
}

static void find(struct trust_finding *finding, enum trust_verdict verdict,
		 const char *why)
{
	finding->verdict = verdict;
	finding->why = why;
}

/* GOOD when there is nothing against this one. */
static enum trust_verdict look_at(const struct trust *trust, gnutls_x509_crt_t crt,
				  time_t now)
{
	if (is_revoked(trust, crt))
		return TRUST_REVOKED;
	if (gnutls_x509_crt_get_expiration_time(crt) < now)
		return TRUST_EXPIRED;
	return gnutls_x509_crt_get_activation_time(crt) > now ? TRUST_EARLY : TRUST_GOOD;
}

/* Of the CAs that vouch for it, which the client need not show, one has to be good: an old one
 * may stand beside that which took its place. */
static enum trust_verdict look_at_authorities(const struct trust *trust,
					      const struct shown *shown,
					      void *authorities, time_t now)
{
	gnutls_x509_trust_list_iter_t at = NULL;
	enum trust_verdict verdict = TRUST_GOOD;
	gnutls_x509_crt_t each;
	bool is_good = false;

	while (gnutls_x509_trust_list_iter_get_ca(authorities, &at, &each) == 0) {
		if (has_issued(each, shown)) {
			enum trust_verdict found = look_at(trust, each, now);

			is_good = is_good || found == TRUST_GOOD;
			verdict = found;
		}
		gnutls_x509_crt_deinit(each);
	}
	return is_good ? TRUST_GOOD : verdict;
}

static void look_at_all(struct trust_finding *finding, const struct trust *trust,
			const struct shown *shown, time_t now)
{
	static const char *const own[] = { [TRUST_REVOKED] = "it was revoked",
					   [TRUST_EXPIRED] = "it has expired",
					   [TRUST_EARLY] = "it is not valid yet" };
	static const char *const issuers[] = { [TRUST_REVOKED] = "its issuer was revoked",
					       [TRUST_EXPIRED] = "its issuer has expired",
					       [TRUST_EARLY] =
						       "its issuer is not valid yet" };
	enum trust_verdict verdict = TRUST_GOOD;

	for (unsigned i = 0; i < shown->count && verdict == TRUST_GOOD; i++) {
		verdict = look_at(trust, shown->chain[i], now);
		if (verdict != TRUST_GOOD)
			find(finding, verdict, i ? issuers[verdict] : own[verdict]);
	}
	if (verdict != TRUST_GOOD || shown->is_member)
		return;
	verdict =
		look_at_authorities(trust, shown, trust->authorities[finding->role], now);
	if (verdict != TRUST_GOOD)
		find(finding, verdict, issuers[verdict]);
}

static void judge(struct trust_finding *finding, const struct trust *trust,
		  struct shown *shown, time_t now)
{
	find(finding, TRUST_GOOD, "");
	if (!is_known(finding, trust, shown))
		find(finding, TRUST_UNKNOWN,
		     "it is not in the pool, and no CA of the pool issued it");
	else if (!is_for_clients(shown->chain[0]))
		find(finding, TRUST_UNFIT, "it is not for clients of TLS");
	else
		look_at_all(finding, trust, shown, now);
}

void trust_judge(struct trust_finding *finding, const struct trust *trust,
		 const struct str_view *chain, size_t count, int64_t now_ms)
{
	struct shown shown = { .count = 0 };
	uint8_t digest[CRYPTO_SHA256_LEN];

	*finding = (struct trust_finding){ .verdict = TRUST_UNKNOWN,
					   .role = CERTIFICATE_ANONYMOUS,
					   .why = "it cannot be read" };
	if (!count)
		return;
	crypto_sha256(digest, chain[0].data, chain[0].len);
	hex_encode(finding->fingerprint, digest, CRYPTO_SHA256_LEN);
	if (import(&shown, chain, count))
		judge(finding, trust, &shown, (time_t)(now_ms / 1000));
	forget(&shown);
}

bool trust_anonymous(char fingerprint[static JOB_OWNER_LEN], size_t *next,
		     const struct trust *trust)
{
	while (*next < trust->pool.count) {
		const struct certificate *each = &trust->pool.items[(*next)++];

		if (each->role != CERTIFICATE_ANONYMOUS)
			continue;
		memcpy(fingerprint, each->hash, JOB_OWNER_LEN);
		return true;
	}
	return false;
}

void trust_free(struct trust *trust)
{
	certificates_free(&trust->pool);
	for (int i = 0; i < CERTIFICATE_ROLES; i++) {
		if (trust->authorities[i])
			gnutls_x509_trust_list_deinit(trust->authorities[i], 1);
	}
	for (unsigned i = 0; i < trust->list_count; i++)
		gnutls_x509_crl_deinit(trust->lists[i]);
	gnutls_free(trust->lists);
	buf_free(&trust->revoked);
	*trust = (struct trust)TRUST_EMPTY;
}
