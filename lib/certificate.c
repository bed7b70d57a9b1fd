#include "lib/certificate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/path.h"

enum { FILE_LIMIT = 1 << 20 };

static const struct {
	const char *name;
	const char *folder;
} roles[CERTIFICATE_ROLES] = {
	[CERTIFICATE_PLAIN] = { "plain", "" },
	[CERTIFICATE_ADMIN] = { "admin", "admin" },
	[CERTIFICATE_VIEWER] = { "viewer", "viewer" },
	[CERTIFICATE_ANONYMOUS] = { "anonymous", "anonymous" },
};

const char *certificate_role_name(enum certificate_role role)
{
	return roles[role].name;
}

const char *certificate_role_folder(enum certificate_role role)
{
	return roles[role].folder;
}

/* What GnuTLS gave, as ours, and freed there. */
static char *take_text(gnutls_datum_t *text)
{
	char *copy = str_format("%.*s", (int)text->size, (const char *)text->data);

	gnutls_free(text->data);
	return copy;
}

static int broken(struct error *err, int code)
{
	return error_set(err, ERROR_DATA, "the certificate cannot be read: %s",
			 gnutls_strerror(code));
}

static int take_certificate(struct certificate *certificate, gnutls_x509_crt_t crt,
			    struct error *err)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	auto_buf struct buf bytes = BUF_EMPTY;
	gnutls_datum_t der = { NULL, 0 };
	gnutls_datum_t pem = { NULL, 0 };
	gnutls_datum_t subject = { NULL, 0 };
	int code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);

	if (code < 0)
		return broken(err, code);
	crypto_sha256(digest, der.data, der.size);
	buf_add(&bytes, der.data, der.size);
	gnutls_free(der.data);
	code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
	if (code < 0)
		return broken(err, code);
	hex_encode(certificate->hash, digest, CRYPTO_SHA256_LEN);
	certificate->der_len = bytes.len;
	certificate->der = buf_take(&bytes);
	certificate->pem = take_text(&pem);
	/* One without a subject is one, too. */
	if (gnutls_x509_crt_get_dn3(crt, &subject, 0) == 0)
		certificate->subject = take_text(&subject);
	else
		certificate->subject = str_dup("");
	certificate->begins_ms = (int64_t)gnutls_x509_crt_get_activation_time(crt) * 1000;
	certificate->ends_ms = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	return 0;
}

/* GnuTLS's own list, which the caller frees. */
struct crts {
	gnutls_x509_crt_t *items;
	unsigned count;
};

static void crts_free(struct crts *crts)
{
	for (unsigned i = 0; i < crts->count; i++)
		gnutls_x509_crt_deinit(crts->items[i]);
	gnutls_free(crts->items);
}

static int import(struct crts *crts, struct str_view pem, struct error *err)
{
	const gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem.data,
				      (unsigned)pem.len };
	int code = GNUTLS_E_NO_CERTIFICATE_FOUND;

	if (pem.len > FILE_LIMIT)
		return error_set(err, ERROR_DATA, "more than %d bytes of certificates",
				 FILE_LIMIT);
	if (pem.len > 0)
		code = gnutls_x509_crt_list_import2(&crts->items, &crts->count, &text,
						    GNUTLS_X509_FMT_PEM, 0);
	if (code == GNUTLS_E_NO_CERTIFICATE_FOUND || (code >= 0 && !crts->count))
		return error_set(err, ERROR_DATA, "no certificate (PEM) in it");
	return code < 0 ? broken(err, code) : 0;
}

int certificate_parse(struct certificate *certificate, struct str_view pem,
		      struct error *err)
{
	struct crts crts __attribute__((cleanup(crts_free))) = { NULL, 0 };
	auto_certificate struct certificate read = CERTIFICATE_EMPTY;

	if (import(&crts, pem, err) < 0 ||
	    take_certificate(&read, crts.items[0], err) < 0)
		return -1;
	*certificate = read;
	read = (struct certificate)CERTIFICATE_EMPTY;
	return 0;
}

int certificate_read(struct certificate *certificate, const char *path, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (file_read(&text, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (certificate_parse(certificate, (struct str_view){ text.data, text.len },
			      err) < 0)
		return error_wrap(err, "'%s'", path);
	return 0;
}

void certificate_free(struct certificate *certificate)
{
	free(certificate->der);
	free(certificate->pem);
	free(certificate->subject);
	free(certificate->path);
	*certificate = (struct certificate)CERTIFICATE_EMPTY;
}

/* A folder of the pool that is read. */
struct folder {
	enum certificate_role role;
	struct buf found; /* of struct certificate */
};

static int take_file(struct folder *folder, const char *path, struct error *err)
{
	struct crts crts __attribute__((cleanup(crts_free))) = { NULL, 0 };
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };

	if (file_read(&text, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	/* A note, a key, a revocation list: there may be others beside the certificates. */
	if (import(&crts, (struct str_view){ text.data, text.len }, &ignored) < 0)
		return 0;
	for (unsigned i = 0; i < crts.count; i++) {
		struct certificate one = { .role = folder->role };

		if (take_certificate(&one, crts.items[i], err) < 0)
			return error_wrap(err, "'%s'", path);
		one.path = str_dup(path);
		buf_add(&folder->found, &one, sizeof(one));
	}
	return 0;
}

static bool is_file(const char *path)
{
	struct stat status = { 0 };

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int take_folder(struct folder *folder, const char *path, struct error *err)
{
	auto_closedir DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir && errno == ENOENT)
		return folder->role == CERTIFICATE_PLAIN
			       ? error_set(err, ERROR_ABSENT, "no pool '%s'", path)
			       : 0;
	if (!dir)
		return error_errno(err, "list '%s'", path);
	while ((entry = readdir(dir))) {
		auto_free char *file = path_join(path, entry->d_name);

		if (entry->d_name[0] != '.' && is_file(file) &&
		    take_file(folder, file, err) < 0)
			return -1;
	}
	return 0;
}

static int take_pool(struct folder *folder, const char *pool, struct error *err)
{
	if (take_folder(folder, pool, err) < 0)
		return -1;
	for (int i = CERTIFICATE_PLAIN + 1; i < CERTIFICATE_ROLES; i++) {
		auto_free char *path = path_join(pool, roles[i].folder);

		folder->role = (enum certificate_role)i;
		if (take_folder(folder, path, err) < 0)
			return -1;
	}
	return 0;
}

static int by_role_and_hash(const void *a, const void *b)
{
	const struct certificate *one = a;
	const struct certificate *other = b;

	if (one->role != other->role)
		return one->role < other->role ? -1 : 1;
	return strcmp(one->hash, other->hash);
}

int certificates_read(struct certificates *certificates, const char *pool,
		      struct error *err)
{
	struct folder folder = { CERTIFICATE_PLAIN, BUF_EMPTY };
	int status = take_pool(&folder, pool, err);
	auto_certificates struct certificates read = CERTIFICATES_EMPTY;

	read.count = folder.found.len / sizeof(*read.items);
	read.items = (struct certificate *)(void *)buf_take(&folder.found);
	if (status < 0)
		return -1;
	qsort(read.items, read.count, sizeof(*read.items), by_role_and_hash);
	*certificates = read;
	read = (struct certificates)CERTIFICATES_EMPTY;
	return 0;
}

void certificates_free(struct certificates *certificates)
{
	for (size_t i = 0; i < certificates->count; i++)
		certificate_free(&certificates->items[i]);
	free(certificates->items);
	*certificates = (struct certificates)CERTIFICATES_EMPTY;
}

const struct certificate *certificates_find(const struct certificates *certificates,
					    const char *hash)
{
	for (size_t i = 0; i < certificates->count; i++) {
		if (str_equal(certificates->items[i].hash, hash))
			return &certificates->items[i];
	}
	return NULL;
}
