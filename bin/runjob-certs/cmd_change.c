#include "bin/runjob-certs/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-certs/revoked.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/path.h"
#include "lib/str.h"

static int say(const char *hash, struct error *err)
{
	if (puts(hash) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}

/* An operand that is a fingerprint or a file. */
static int read_hash(char hash[static JOB_OWNER_LEN], const char *text, struct error *err)
{
	auto_certificate struct certificate certificate = CERTIFICATE_EMPTY;

	if (job_owner_parse(hash, text))
		return 0;
	if (certificate_read(&certificate, text, err) < 0)
		return -1;
	memcpy(hash, certificate.hash, JOB_OWNER_LEN);
	return 0;
}

/* A missing pool is an empty one here: what is not in it is what is said. */
static int read_pool(struct certificates *pool, const struct context *context,
		     struct error *err)
{
	struct error why = { 0 };

	if (certificates_read(pool, context->pool, &why) < 0 &&
	    why.kind != ERROR_ABSENT) {
		*err = why;
		return -1;
	}
	return 0;
}

static int put(const struct certificate *certificate, const char *folder,
	       struct error *err)
{
	auto_free char *path = str_format("%s/%s.pem", folder, certificate->hash);

	if (file_make_dirs(folder, 0755, err) < 0)
		return -1;
	return file_replace(AT_FDCWD, path, certificate->pem, strlen(certificate->pem),
			    0644, err);
}

static int add(const struct context *context, const struct certificate *certificate,
	       enum certificate_role role, struct error *err)
{
	const char *name = certificate_role_folder(role);
	auto_free char *folder =
		*name ? path_join(context->pool, name) : str_dup(context->pool);
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	const struct certificate *there;

	if (certificate->ends_ms < date_now_ms())
		return error_set(err, ERROR_DATA, "certificate '%s' has expired",
				 certificate->subject);
	if (read_pool(&pool, context, err) < 0)
		return -1;
	there = certificates_find(&pool, certificate->hash);
	if (there && there->role != role)
		return error_set(err, ERROR_DENIED,
				 "it is in the pool already, '%s'; remove that first",
				 there->path);
	return there ? 0 : put(certificate, folder, err);
}

int cmd_add(struct context *context, struct error *err)
{
	auto_certificate struct certificate certificate = CERTIFICATE_EMPTY;

	if (certificate_read(&certificate, context->operands[0], err) < 0 ||
	    add(context, &certificate, context->options.role, err) < 0)
		return -1;
	return say(certificate.hash, err);
}

/* Is there anything that the new one could take over? */
static int find_before(enum certificate_role *role, const struct context *context,
		       const char *hash, struct error *err)
{
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	const struct certificate *there;

	if (read_pool(&pool, context, err) < 0)
		return -1;
	there = certificates_find(&pool, hash);
	if (!there)
		return error_set(err, ERROR_ABSENT, "no certificate '%s' in the pool",
				 hash);
	*role = there->role;
	return 0;
}

int cmd_renew(struct context *context, struct error *err)
{
	auto_certificate struct certificate certificate = CERTIFICATE_EMPTY;
	enum certificate_role role = CERTIFICATE_PLAIN;
	struct layout theirs = context->layout;
	char before[JOB_OWNER_LEN];

	theirs.owner = before;
	if (read_hash(before, context->operands[0], err) < 0 ||
	    certificate_read(&certificate, context->operands[1], err) < 0 ||
	    find_before(&role, context, before, err) < 0)
		return -1;
	/* In this order: who is in the pool could make a folder of their own. */
	if (job_owner_renew(&theirs, certificate.hash, err) < 0 ||
	    add(context, &certificate, role, err) < 0)
		return -1;
	return say(certificate.hash, err);
}

int cmd_revoke(struct context *context, struct error *err)
{
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	struct certificate gone = CERTIFICATE_EMPTY;
	const struct certificate *there;

	if (read_hash(gone.hash, context->operands[0], err) < 0 ||
	    read_pool(&pool, context, err) < 0)
		return -1;
	there = certificates_find(&pool, gone.hash);
	return revoked_add(context->crl, there ? there : &gone, err);
}

static int remove_one(const struct certificates *pool, const struct certificate *gone,
		      struct error *err)
{
	for (size_t i = 0; i < pool->count; i++) {
		if (str_equal(pool->items[i].path, gone->path) &&
		    !str_equal(pool->items[i].hash, gone->hash))
			return error_set(err, ERROR_DENIED,
					 "'%s' has other certificates, too; take it out "
					 "of there by hand",
					 gone->path);
	}
	if (unlink(gone->path) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", gone->path);
	return 0;
}

int cmd_remove(struct context *context, struct error *err)
{
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	char hash[JOB_OWNER_LEN];

	if (read_hash(hash, context->operands[0], err) < 0 ||
	    read_pool(&pool, context, err) < 0)
		return -1;
	if (!certificates_find(&pool, hash))
		return error_set(err, ERROR_ABSENT, "no certificate '%s' in the pool",
				 hash);
	/* It may be there more than once. */
	for (size_t i = 0; i < pool.count; i++) {
		if (str_equal(pool.items[i].hash, hash) &&
		    remove_one(&pool, &pool.items[i], err) < 0)
			return -1;
	}
	return 0;
}

int cmd_hash(struct context *context, struct error *err)
{
	auto_certificate struct certificate certificate = CERTIFICATE_EMPTY;

	if (certificate_read(&certificate, context->operands[0], err) < 0)
		return -1;
	return say(certificate.hash, err);
}
