#include "lib/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 16 << 20 };

/* Where in a file of the revoked we are. */
struct listed {
	struct buf *revoked;
	unsigned line;
	unsigned lists;
	bool inside; /* of one of these */
};

char *trust_folder(enum certificate_role role)
{
	return role == CERTIFICATE_ANONYMOUS
		       ? NULL
		       : path_join(certificate_role_folder(role), "ca");
}

/* The list takes the certificates. */
static int add_authorities(struct trust *trust, enum certificate_role role,
			   const char *path, struct error *err)
{
	auto_buf struct buf pem = BUF_EMPTY;
	gnutls_x509_crt_t *crts = NULL;
	gnutls_datum_t text;
	unsigned count = 0;

	if (file_read(&pem, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	text = (gnutls_datum_t){ (unsigned char *)pem.data, (unsigned)pem.len };
	if (!pem.len || gnutls_x509_crt_list_import2(&crts, &count, &text,
						     GNUTLS_X509_FMT_PEM, 0) < 0)
		return error_set(err, ERROR_DATA, "'%s': no certificate (PEM) in it",
				 path);
	if (!trust->authorities[role] &&
	    gnutls_x509_trust_list_init(
		    (gnutls_x509_trust_list_t *)&trust->authorities[role], 0) < 0)
		abort();
	(void)gnutls_x509_trust_list_add_cas(trust->authorities[role], crts, count, 0);
	gnutls_free(crts);
	return 0;
}

static bool is_file(const char *path)
{
	struct stat status = { 0 };

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int take_folder(struct trust *trust, enum certificate_role role, const char *path,
		       struct error *err)
{
	auto_closedir DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, "list '%s'", path);
	while ((entry = readdir(dir))) {
		auto_free char *file = path_join(path, entry->d_name);

		if (entry->d_name[0] != '.' && is_file(file) &&
		    add_authorities(trust, role, file, err) < 0)
			return -1;
	}
	return 0;
}

static int take_pool(struct trust *trust, const char *pool, struct error *err)
{
	if (certificates_read(&trust->pool, pool, err) < 0 && err->kind != ERROR_ABSENT)
		return -1;
	for (int i = 0; i < CERTIFICATE_ROLES; i++) {
		auto_free char *folder = trust_folder((enum certificate_role)i);
		auto_free char *path = folder ? path_join(pool, folder) : NULL;

		if (path && take_folder(trust, (enum certificate_role)i, path, err) < 0)
			return -1;
	}
	return 0;
}

/* "ab12…", "AB:12:…", or either behind a '=' as in "sha256 Fingerprint=AB:12:…". */
static bool read_fingerprint(uint8_t digest[static CRYPTO_SHA256_LEN],
			     struct str_view line)
{
	const char *equals = memchr(line.data, '=', line.len);
	const char *p = equals ? equals + 1 : line.data;
	unsigned digits = 0;

	for (; p < line.data + line.len; p++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = *p ? strchr(hex, *p | 0x20) : NULL;

		if (*p == ':')
			continue;
		if (!digit || !*digit || digits == 2 * CRYPTO_SHA256_LEN)
			return false;
		digest[digits / 2] =
			(uint8_t)(digest[digits / 2] << 4 | (uint8_t)(digit - hex));
		digits++;
	}
	return digits == 2 * CRYPTO_SHA256_LEN;
}

static void trim(struct str_view *line)
{
	while (line->len && strchr(" \t\r", line->data[line->len - 1]))
		line->len--;
}

/* What is no list, but in marks like one, would be passed over without a word. */
static int take_mark(struct listed *listed, struct str_view line, struct error *err)
{
	bool begins = str_view_equal(line, "-----BEGIN X509 CRL-----");

	if (begins == listed->inside ||
	    (!begins && !str_view_equal(line, "-----END X509 CRL-----")))
		return error_set(
			err, ERROR_CONFIG,
			"line %u is no mark of a list (X509 CRL) that stands there",
			listed->line);
	listed->inside = begins;
	listed->lists += begins;
	return 0;
}

/* The lines outside of the lists. */
static int take_line(struct listed *listed, struct str_view line, struct error *err)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	trim(&line);
	if (line.len >= 5 && memcmp(line.data, "-----", 5) == 0)
		return take_mark(listed, line, err);
	if (listed->inside || !line.len || line.data[0] == '#')
		return 0;
	if (!read_fingerprint(digest, line))
		return error_set(err, ERROR_CONFIG, "line %u is no SHA-256 fingerprint",
				 listed->line);
	buf_add(listed->revoked, digest, sizeof(digest));
	return 0;
}

static int take_lines(struct listed *listed, const char *text, struct error *err)
{
	while (text) {
		struct str_view line = str_split(&text, '\n');

		listed->line++;
		if (take_line(listed, line, err) < 0)
			return -1;
	}
	if (listed->inside)
		return error_set(err, ERROR_CONFIG, "its last list has no end");
	return 0;
}

/* Each of them, or none: GnuTLS may pass over one that it cannot read. */
static int take_lists(struct trust *trust, unsigned lists, const struct buf *text,
		      struct error *err)
{
	const gnutls_datum_t pem = { (unsigned char *)text->data, (unsigned)text->len };

	if (lists && (gnutls_x509_crl_list_import2((gnutls_x509_crl_t **)&trust->lists,
						   &trust->list_count, &pem,
						   GNUTLS_X509_FMT_PEM, 0) < 0 ||
		      trust->list_count != lists))
		return error_set(err, ERROR_CONFIG,
				 "a revocation list in it cannot be read");
	return 0;
}

int trust_take_revoked(struct trust *trust, const struct buf *text, struct error *err)
{
	struct listed listed = { .revoked = &trust->revoked };

	if (strlen(buf_str(text)) != text->len)
		return error_set(err, ERROR_CONFIG, "it has a NUL byte");
	if (take_lines(&listed, buf_str(text), err) < 0)
		return -1;
	return take_lists(trust, listed.lists, text, err);
}

static int take_revoked(struct trust *trust, const char *path, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (file_read(&text, AT_FDCWD, path, FILE_LIMIT, err) < 0) {
		err->kind = ERROR_CONFIG;
		return -1;
	}
	if (trust_take_revoked(trust, &text, err) < 0)
		return error_wrap(err, "'%s'", path);
	return 0;
}

int trust_read(struct trust *trust, const char *pool, const char *revoked,
	       struct error *err)
{
	auto_trust struct trust made = TRUST_EMPTY;

	if (take_pool(&made, pool, err) < 0 ||
	    (revoked && take_revoked(&made, revoked, err) < 0))
		return -1;
	*trust = made;
	made = (struct trust)TRUST_EMPTY;
	return 0;
}
