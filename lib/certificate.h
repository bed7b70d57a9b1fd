#ifndef LIB_CERTIFICATE_H
#define LIB_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/job_owner.h"
#include "lib/str.h"

struct error;

/*
 * Certificates (X.509) as owners of jobs.  The pool is a folder of files with certificates as
 * PEM, any number in each; what an owner may do over the network is said by its folders admin,
 * viewer and anonymous.  Names that begin with a dot are no files of it.
 */
enum certificate_role {
	CERTIFICATE_PLAIN, /* in the pool itself */
	CERTIFICATE_ADMIN,
	CERTIFICATE_VIEWER,
	CERTIFICATE_ANONYMOUS,
	CERTIFICATE_ROLES
};

struct certificate {
	char hash[JOB_OWNER_LEN]; /* SHA-256 of its DER bytes: whose jobs */
	enum certificate_role role;
	char *pem; /* this one alone, as text */
	char *der; /* its der_len bytes */
	size_t der_len;
	char *subject; /* RFC 4514; "" for none */
	char *path;    /* its file in the pool; NULL for none */
	int64_t begins_ms;
	int64_t ends_ms;
};

#define CERTIFICATE_EMPTY                                                                \
	{                                                                                \
		.pem = NULL                                                              \
	}
#define auto_certificate __attribute__((cleanup(certificate_free)))

struct certificates {
	struct certificate *items;
	size_t count;
};

#define CERTIFICATES_EMPTY                                                               \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_certificates __attribute__((cleanup(certificates_free)))

/* "plain", "admin" ... */
const char *certificate_role_name(enum certificate_role role);

/* The role's folder below the pool, "" for the pool itself. */
const char *certificate_role_folder(enum certificate_role role);

/* The first certificate of a PEM text; what is none is ERROR_DATA. */
int certificate_parse(struct certificate *certificate, struct str_view pem,
		      struct error *err);

/* The same of a file. */
int certificate_read(struct certificate *certificate, const char *path,
		     struct error *err);
void certificate_free(struct certificate *certificate);

/* All of the pool, sorted by role and hash.  A file without a certificate is passed over, one that
 * cannot be read is an error, and a pool that is missing is ERROR_ABSENT. */
int certificates_read(struct certificates *certificates, const char *pool,
		      struct error *err);
void certificates_free(struct certificates *certificates);

/* The one of this hash, the first if it is there twice; NULL for none. */
const struct certificate *certificates_find(const struct certificates *certificates,
					    const char *hash);

#endif
