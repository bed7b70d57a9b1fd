#include "bin/tokenmint/used.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/scope.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

#define FOLDER "scopes"
#define BODY_MAX 65536
#define LAZY_MS 60000 /* two uses within this are one */
#define SWEEP_MS (2 * USED_MS)

static char *path_of(const struct layout *layout, const char *key)
{
	return str_format("%s/" FOLDER "/%s", layout->state, key);
}

/* How long ago it was used; negative when the clock was set back since. */
static int64_t age_of(const struct stat *status)
{
	return date_now_ms() - ((int64_t)status->st_mtim.tv_sec * 1000 +
				status->st_mtim.tv_nsec / 1000000);
}

/* By our clock, whatever that of the file system says. */
static int touch(const char *path, struct error *err)
{
	int64_t now_ms = date_now_ms();
	const struct timespec now = { .tv_sec = (time_t)(now_ms / 1000),
				      .tv_nsec = (long)(now_ms % 1000) * 1000000 };
	const struct timespec times[2] = { now, now };

	if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "note the use of '%s'", path);
	return 0;
}

static int note(const struct layout *layout, const char *key, const struct scope *scope,
		struct error *err)
{
	auto_free char *folder = path_join(layout->state, FOLDER);
	auto_free char *path = path_of(layout, key);
	struct stat status = { 0 };
	int64_t age_ms = 0;

	if (lstat(path, &status) < 0) {
		if (file_make_dirs(folder, 0700, err) < 0 ||
		    file_replace(AT_FDCWD, path, scope->body.data, scope->body.len, 0600,
				 err) < 0)
			return -1;
		return touch(path, err);
	}
	age_ms = age_of(&status);
	if (age_ms >= 0 && age_ms < LAZY_MS)
		return 0;
	return touch(path, err);
}

void used_note(const struct layout *layout, const struct installation *installation,
	       const struct scope *scope)
{
	char key[INSTALLATION_KEY_LEN] = "";
	auto_free char *name = NULL;
	struct error err = { 0 };

	if (scope->body.len == 0)
		return;
	installation_key(key, installation);
	name = str_format("%s%s", key, scope->suffix);
	if (note(layout, name, scope, &err) < 0)
		log_warning("%s, ignoring: refresh may let the token end", err.message);
}

int used_find(struct scope *scope, bool *found, const struct layout *layout,
	      const char *key, struct error *err)
{
	auto_free char *path = path_of(layout, key);
	auto_scope struct scope read = SCOPE_EMPTY;
	struct stat status = { 0 };

	*found = false;
	if (lstat(path, &status) < 0 || age_of(&status) > USED_MS)
		return 0;
	if (file_read_if(&read.body, found, AT_FDCWD, path, BODY_MAX, err) < 0)
		return -1;
	scope_name(&read);
	/* One that was changed is another's, or nobody's. */
	*found = *found && read.body.len > 0 && str_ends(key, read.suffix);
	if (!*found)
		return 0;
	scope_free(scope);
	*scope = read;
	read = (struct scope)SCOPE_EMPTY;
	return 0;
}

void used_forget(const struct layout *layout, const char *key)
{
	auto_free char *path = path_of(layout, key);

	if (unlink(path) < 0 && errno != ENOENT)
		log_warning("cannot remove '%s', ignoring", path);
}

void used_sweep(const struct layout *layout)
{
	auto_free char *folder = path_join(layout->state, FOLDER);
	auto_closedir DIR *dir = opendir(folder);
	const struct dirent *entry = NULL;

	while (dir && (entry = readdir(dir))) {
		struct stat status = { 0 };

		if (fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) ==
			    0 &&
		    S_ISREG(status.st_mode) && age_of(&status) > SWEEP_MS)
			used_forget(layout, entry->d_name);
	}
}
