#include "bin/runjob-shim/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/runjob-shim/secret.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/jail.h"
#include "lib/job_plan.h"
#include "lib/str.h"

#define PLACE "/tmp/.secrets"

static int give_to_user(int fd, const struct jail *jail)
{
	const struct jail_user *user = &jail->user;

	return user->is_other ? fchown(fd, user->uid, user->gid) : 0;
}

static int make_memory(struct secret_file *file, const struct jail *jail,
		       struct error *err)
{
	file->fd = memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (file->fd < 0)
		return error_errno(err, "make memory for a secret");
	if (file_write(file->fd, buf_str(&file->value), file->value.len, "a secret",
		       err) < 0)
		return -1;
	if (fchmod(file->fd, 0400) < 0 || give_to_user(file->fd, jail) < 0 ||
	    fcntl(file->fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return error_errno(err, "protect a secret");
	buf_wipe(&file->value);
	return 0;
}

static int make_one(struct secret_file *file, const char *pair, const struct job *job,
		    const struct job_plan *plan, struct error *err)
{
	size_t len = strcspn(pair, "=");

	file->fd = -1;
	file->path = str_format(PLACE "/%.*s", (int)len, pair);
	return secret_read(&file->value, pair[len] ? pair + len + 1 : "", job,
			   &plan->readers, err);
}

int secret_files_make(struct secret_files *files, const struct job *job,
		      const struct job_plan *plan, const struct jail *jail,
		      struct error *err)
{
	size_t i;

	if (!plan->secret_files.count)
		return 0;
	files->items = calloc(plan->secret_files.count, sizeof(*files->items));
	if (!files->items)
		return error_errno(err, "keep secrets");
	for (i = 0; i < plan->secret_files.count; i++) {
		struct secret_file *file = &files->items[files->count++];

		if (make_one(file, plan->secret_files.items[i], job, plan, err) < 0 ||
		    (!jail->init.pid && make_memory(file, jail, err) < 0))
			return -1;
	}
	return 0;
}

char *secret_file_pair(const struct secret_files *files, const struct job_plan *plan,
		       size_t i)
{
	const struct secret_file *file = &files->items[i];
	const char *pair = plan->secret_files.items[i];
	int len = (int)strcspn(pair, "=");

	if (file->fd >= 0)
		return str_format("%.*s=/proc/self/fd/%d", len, pair, file->fd);
	return str_format("%.*s=%s", len, pair, file->path);
}

static int write_one(const struct secret_file *file, const struct jail *jail,
		     struct error *err)
{
	auto_close int fd =
		open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);

	if (fd < 0)
		return error_errno(err, "create '%s'", file->path);
	if (file_write(fd, buf_str(&file->value), file->value.len, file->path, err) < 0)
		return -1;
	if (fchmod(fd, 0400) < 0 || give_to_user(fd, jail) < 0)
		return error_errno(err, "protect '%s'", file->path);
	return 0;
}

int secret_files_place(const struct secret_files *files, const struct jail *jail,
		       struct error *err)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	size_t i;

	for (i = 0; i < files->count; i++) {
		/* It stays open in what is executed. */
		if (files->items[i].fd >= 0 && fcntl(files->items[i].fd, F_SETFD, 0) < 0)
			return error_errno(err, "pass on a secret");
	}
	if (!jail->init.pid || !files->count)
		return 0;
	if ((mkdir(PLACE, 0755) < 0 && errno != EEXIST) ||
	    mount("tmpfs", PLACE, "tmpfs", flags, "mode=0755") < 0)
		return error_errno(err, "mount a tmpfs on '" PLACE "'");
	for (i = 0; i < files->count; i++) {
		if (write_one(&files->items[i], jail, err) < 0)
			return -1;
	}
	if (mount(NULL, PLACE, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0)
		return error_errno(err, "make '" PLACE "' read-only");
	return 0;
}

void secret_files_wipe(struct secret_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		free(files->items[i].path);
		buf_wipe(&files->items[i].value);
		cleanup_close(&files->items[i].fd);
	}
	free(files->items);
	*files = (struct secret_files)SECRET_FILES_EMPTY;
}
