#include "bin/hookroute-plugin/dropped.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bin/hookroute-plugin/program.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/registry_assign.h"
#include "lib/str.h"

enum { SETTLED_MS = 2000 };

int dropped_check_name(const char *name, struct error *err)
{
	if (str_is_identifier(name) && name[0] != '-')
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%.100s' is no name of a plugin: 3 to 32 letters, digits and "
			 "hyphens",
			 name);
}

/* "NAME" or "NAME@1.2.0". */
static int parse_name(struct registry_plugin *plugin, const char *file, struct error *err)
{
	const char *at = strchr(file, '@');

	plugin->version = (struct version){ { 1, 0, 0 }, 3 };
	plugin->name = str_format("%.*s", (int)strcspn(file, "@"), file);
	if (at &&
	    (!version_parse(&plugin->version, at + 1) || plugin->version.parts != 3))
		return error_set(err, ERROR_DATA, "'%s' is no version as 1.2.0", at + 1);
	return dropped_check_name(plugin->name, err);
}

/* A lease for reading is given when nobody has the file open for writing; where we may not ask,
 * its time has to serve. */
static bool is_settled(int fd, const struct stat *status)
{
	int64_t changed_ms = (int64_t)status->st_mtim.tv_sec * 1000 +
			     status->st_mtim.tv_nsec / 1000000;

	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		return true;
	}
	return errno != EAGAIN && date_now_ms() - changed_ms >= SETTLED_MS;
}

/* Is it an executable file, and not being written? */
static bool is_candidate(const struct store *store, const char *file, bool *unsettled)
{
	auto_free char *path = path_join(store->dropped, file);
	auto_close int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    !(status.st_mode & S_IXUSR))
		return false;
	if (is_settled(fd, &status))
		return true;
	if (unsettled)
		*unsettled = true;
	return false;
}

static int enter(struct store *store, const struct registry_plugin *plugin,
		 struct error *err)
{
	if (db_begin(&store->registry.db, err) < 0)
		return -1;
	if (registry_command_add(&store->registry, plugin->name, plugin->created_ms,
				 err) == 0 &&
	    registry_plugin_add(&store->registry, plugin, err) == 0 &&
	    db_commit(&store->registry.db, err) == 0)
		return 0;
	db_rollback(&store->registry.db);
	return -1;
}

static int take(struct store *store, struct registry_plugin *plugin, struct error *err)
{
	auto_sealed struct sealed program = SEALED_NONE;
	auto_free char *path = path_join(store->dropped, plugin->file);
	char version[VERSION_LEN];

	if (sealed_open(&program, path, err) < 0 ||
	    program_check(&program, path, err) < 0 || store_make(store, err) < 0)
		return -1;
	plugin->dropped = true;
	plugin->size = program.len;
	plugin->created_ms = date_now_ms();
	snprintf(plugin->digest, sizeof(plugin->digest), "%s", program.digest);
	if (enter(store, plugin, err) < 0)
		return -1;
	version_format(version, &plugin->version);
	log_notice(
		"plugin '%s' %s was dropped, sha256 %s: it is blank until it is assigned",
		plugin->name, version, plugin->digest);
	return 0;
}

/* Is it one of those that we know?  If only its name is, it is refused. */
static int look_up(bool *is_known, const struct registry_plugins *plugins,
		   const struct registry_plugin *plugin, struct error *err)
{
	bool is_named = false;
	size_t i;

	*is_known = false;
	for (i = 0; i < plugins->count; i++) {
		const struct registry_plugin *old = &plugins->list[i];

		if (!str_equal(old->name, plugin->name))
			continue;
		is_named = true;
		if (old->dropped && str_equal(old->file, plugin->file))
			*is_known = true;
	}
	if (*is_known || !is_named)
		return 0;
	return error_set(err, ERROR_DATA,
			 "plugin '%s' exists: hookroute plugin update %s FILE",
			 plugin->name, plugin->name);
}

static int load_file(struct store *store, const struct registry_plugins *plugins,
		     const char *file, bool *unsettled, struct error *err)
{
	struct registry_plugin plugin = { .file = NULL };
	bool is_known = false;
	int failed;

	if (!is_candidate(store, file, unsettled))
		return 0;
	plugin.file = str_dup(file);
	failed = parse_name(&plugin, file, err);
	if (!failed)
		failed = look_up(&is_known, plugins, &plugin, err);
	if (!failed && !is_known)
		failed = take(store, &plugin, err);
	free(plugin.name);
	free(plugin.file);
	return failed;
}

static int is_file(const struct dirent *item)
{
	return path_is_safe_name(item->d_name);
}

static void load_files(struct store *store, const struct registry_plugins *plugins,
		       struct dirent **items, int count, bool *unsettled)
{
	int i;

	for (i = 0; i < count; i++) {
		struct error problem = { 0 };

		if (load_file(store, plugins, items[i]->d_name, unsettled, &problem) < 0)
			log_warning("plugins.d/%s is not taken: %s", items[i]->d_name,
				    problem.message);
		free(items[i]);
	}
	free(items);
}

int dropped_load(struct store *store, bool *unsettled, struct error *err)
{
	auto_plugins struct registry_plugins plugins = { NULL, 0 };
	const struct registry_page all = { .name = NULL };
	struct dirent **items = NULL;
	int count;

	if (registry_plugin_list(&plugins, &store->registry, &all, err) < 0)
		return -1;
	count = scandir(store->dropped, &items, is_file, alphasort);
	if (count < 0 && errno != ENOENT)
		return error_errno(err, "read folder '%s'", store->dropped);
	if (count > 0)
		load_files(store, &plugins, items, count, unsettled);
	return 0;
}
