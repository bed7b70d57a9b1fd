#include "lib/trust.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"
#include "tests/lib/check.h"
#include "tests/lib/owner_pem.h"
#include "tests/lib/trust_pem.h"

static const int64_t year_2020_ms = 1577836800000;
static const int64_t year_2050_ms = 2524608000000;
static const int64_t year_2110_ms = 4417977600000;

/* The text as a file of the folder, "" for the pool itself, "+" for beside it. */
static void put(const char *folder, const char *name, const char *text)
{
	auto_free char *pool = path_join(getenv("HOOKTOOLS_CONF"), "pool");
	auto_free char *dir = path_join(pool, folder);
	auto_close int fd = -1;
	struct error err = { 0 };

	CHECK(file_make_dirs(dir, 0700, &err) == 0);
	CHECK(file_open_dir(&fd, AT_FDCWD, dir, &err) == 0);
	CHECK(file_replace(fd, name, text, strlen(text), 0600, &err) == 0);
}

static void read_trust(struct trust *trust, const char *revoked)
{
	auto_free char *pool = path_join(getenv("HOOKTOOLS_CONF"), "pool");
	auto_free char *file = path_join(pool, "../revoked");
	struct error err = { 0 };

	if (revoked)
		put("..", "revoked", revoked);
	if (trust_read(trust, pool, revoked ? file : NULL, &err) < 0)
		CHECK_STR(err.message, "");
}

/* The verdict on the first of the PEM text, all of which is shown. */
static struct trust_finding judge(const struct trust *trust, const char *const pems[],
				  size_t count, int64_t now_ms)
{
	struct certificate shown[2] = { CERTIFICATE_EMPTY, CERTIFICATE_EMPTY };
	struct str_view chain[2];
	struct trust_finding finding = { .why = NULL };
	struct error err = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct str_view text = { pems[i], strlen(pems[i]) };

		CHECK(certificate_parse(&shown[i], text, &err) == 0);
		chain[i] = (struct str_view){ shown[i].der, shown[i].der_len };
	}
	trust_judge(&finding, trust, chain, count, now_ms);
	for (size_t i = 0; i < count; i++)
		certificate_free(&shown[i]);
	return finding;
}

static void check(const struct trust *trust, const char *text, int64_t now_ms,
		  const char *why)
{
	struct trust_finding finding = judge(trust, &text, 1, now_ms);

	CHECK_STR(finding.why, why);
	CHECK((finding.verdict == TRUST_GOOD) == !*why);
}

static void the_pool_says_who_is_known_and_what_he_may(void)
{
	auto_trust struct trust none = TRUST_EMPTY;
	auto_trust struct trust trust = TRUST_EMPTY;
	auto_trust struct trust twice = TRUST_EMPTY;
	struct trust_finding finding = { .why = NULL };
	const struct str_view rubbish = { "rubbish", 7 };
	const char *const owner = pem;
	char anonymous[JOB_OWNER_LEN] = "";
	size_t at = 0;

	read_trust(&none, NULL);
	check(&none, pem, year_2050_ms,
	      "it is not in the pool, and no CA of the pool issued it");
	trust_judge(&finding, &none, &rubbish, 1, year_2050_ms);
	CHECK(finding.verdict == TRUST_UNKNOWN);
	CHECK_STR(finding.why, "it cannot be read");
	trust_judge(&finding, &none, NULL, 0, year_2050_ms);
	CHECK(finding.verdict == TRUST_UNKNOWN);
	put("anonymous", "owner.pem", pem);
	put("", "unfit.pem", unfit_pem);
	put("", ".hidden.pem", good_pem);
	put("admin/ca", "ca.pem", authority_pem);
	read_trust(&trust, NULL);
	finding = judge(&trust, &owner, 1, year_2050_ms);
	CHECK(finding.verdict == TRUST_GOOD && finding.role == CERTIFICATE_ANONYMOUS);
	CHECK_STR(finding.fingerprint, HASH);
	CHECK(trust_anonymous(anonymous, &at, &trust));
	CHECK_STR(anonymous, HASH);
	CHECK(!trust_anonymous(anonymous, &at, &trust));
	check(&trust, pem, year_2020_ms, "it is not valid yet");
	check(&trust, pem, 2 * year_2110_ms, "it has expired");
	check(&trust, unfit_pem, year_2050_ms, "it is not for clients of TLS");
	/* Whoever is there twice may what the mightier one may. */
	put("viewer", "owner.pem", pem);
	read_trust(&twice, NULL);
	finding = judge(&twice, &owner, 1, year_2050_ms);
	CHECK(finding.verdict == TRUST_GOOD && finding.role == CERTIFICATE_VIEWER);
}

static void an_authority_vouches_for_as_long_as_it_is_good(void)
{
	auto_trust struct trust trust = TRUST_EMPTY;
	auto_trust struct trust old = TRUST_EMPTY;
	auto_trust struct trust both = TRUST_EMPTY;
	const char *const chain[] = { good_pem, authority_pem };
	struct trust_finding finding;

	put("ca", "ca.pem", authority_pem);
	read_trust(&trust, NULL);
	check(&trust, good_pem, year_2050_ms, "");
	check(&trust, good_pem, year_2020_ms, "it is not valid yet");
	check(&trust, good_pem, year_2110_ms, "it has expired");
	finding = judge(&trust, chain, 2, year_2050_ms);
	CHECK(finding.verdict == TRUST_GOOD && finding.role == CERTIFICATE_PLAIN);
	CHECK_STR(finding.fingerprint, GOOD_HASH);
	/* What is a CA itself is no client. */
	check(&trust, authority_pem, year_2050_ms,
	      "it is not in the pool, and no CA of the pool issued it");
	/* The client need not show that its issuer has expired. */
	put("ca", "ca.pem", old_authority_pem);
	read_trust(&old, NULL);
	check(&old, good_pem, year_2050_ms, "its issuer has expired");
	put("ca", "new.pem", authority_pem);
	read_trust(&both, NULL);
	check(&both, good_pem, year_2050_ms, "");
}

static void lists_and_fingerprints_revoke(void)
{
	static const char upper[] =
		"# lost\r\n\nSHA256 Fingerprint="
		"53:D8:E1:55:F6:70:1A:59:79:81:84:CB:DC:70:6A:3C:"
		"2B:81:F4:C9:97:49:59:BF:7C:88:57:54:D5:C4:56:CA \r\n";
	auto_trust struct trust trust = TRUST_EMPTY;
	auto_trust struct trust issuer = TRUST_EMPTY;
	auto_free char *all = str_format("%s%s%s", list_pem, upper, list_pem);

	put("", "owner.pem", pem);
	put("ca", "ca.pem", authority_pem);
	read_trust(&trust, all);
	check(&trust, banned_pem, year_2050_ms, "it was revoked");
	check(&trust, pem, year_2050_ms, "it was revoked");
	check(&trust, good_pem, year_2050_ms, "");
	read_trust(&issuer, AUTHORITY_HASH);
	check(&issuer, good_pem, year_2050_ms, "its issuer was revoked");
	check(&issuer, pem, year_2050_ms, "");
}

/* Who is in it would get in, and nobody would know. */
static void a_list_is_read_whole_or_not_at_all(void)
{
	auto_free char *torn =
		str_format("%s-----BEGIN X509 CRL-----\n" HASH "\n", list_pem);
	auto_free char *bent = str_format("%s%s", list_pem, list_pem);
	auto_free char *strange = str_format(HASH "\n%s", good_pem);
	const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{ "x", "line 1 is no SHA-256 fingerprint" },
		{ HASH "\n" HASH "0", "line 2 is no SHA-256 fingerprint" },
		{ HASH " # lost", "line 1 is no SHA-256 fingerprint" },
		{ torn, "its last list has no end" },
		{ bent, "a revocation list in it cannot be read" },
		{ strange, "line 2 is no mark of a list (X509 CRL) that stands there" },
		{ "-----END X509 CRL-----",
		  "line 1 is no mark of a list (X509 CRL) that stands there" },
		{ "-----BEGIN X509 CRL-----\n-----BEGIN X509 CRL-----\n",
		  "line 2 is no mark of a list (X509 CRL) that stands there" },
	};
	auto_trust struct trust nul = TRUST_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	memset(strchr(bent + sizeof(list_pem), '\n') + 1, 'A', 8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_trust struct trust trust = TRUST_EMPTY;

		buf_clear(&text);
		buf_add_str(&text, rows[i].text);
		err = (struct error){ 0 };
		CHECK(trust_take_revoked(&trust, &text, &err) == -1);
		CHECK_STR(err.message, rows[i].why);
		CHECK(err.kind == ERROR_CONFIG);
	}
	buf_clear(&text);
	buf_add(&text, HASH "\n\0" HASH "\n", 131);
	CHECK(trust_take_revoked(&nul, &text, &err) == -1);
	CHECK_STR(err.message, "it has a NUL byte");
}

static const struct check_case cases[] = {
	{ "the_pool_says_who_is_known_and_what_he_may",
	  the_pool_says_who_is_known_and_what_he_may },
	{ "an_authority_vouches_for_as_long_as_it_is_good",
	  an_authority_vouches_for_as_long_as_it_is_good },
	{ "lists_and_fingerprints_revoke", lists_and_fingerprints_revoke },
	{ "a_list_is_read_whole_or_not_at_all", a_list_is_read_whole_or_not_at_all },
};

CHECK_MAIN(cases)
