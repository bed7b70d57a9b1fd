#include "bin/hookroute-plugin/install.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

/* Whoever writes here holds the registry: what is half written is of one who was killed. */
static void sweep(const struct store *store)
{
	auto_closedir DIR *dir = opendir(store->own);
	const struct dirent *item;

	while (dir && (item = readdir(dir))) {
		if (str_ends(item->d_name, ".tmp"))
			(void)unlinkat(dirfd(dir), item->d_name,
				       0); /* the next one does */
	}
}

static int put_bytes(const struct store *store, const char *file,
		     const struct sealed *program, struct error *err)
{
	auto_close int dir = -1;
	void *bytes;
	int failed;

	if (store_make(store, err) < 0 ||
	    file_open_dir(&dir, AT_FDCWD, store->own, err) < 0)
		return -1;
	sweep(store);
	bytes = mmap(NULL, program->len, PROT_READ, MAP_PRIVATE, program->fd, 0);
	if (bytes == MAP_FAILED)
		return error_errno(err, "map the bytes of '%s'", file);
	failed = file_replace(dir, file, bytes, program->len, 0500, err);
	(void)munmap(bytes, program->len);
	return failed;
}

int install_version(struct store *store, struct registry_plugin *plugin,
		    const struct sealed *program, struct error *err)
{
	char version[VERSION_LEN];

	version_format(version, &plugin->version);
	free(plugin->file);
	plugin->file = str_format("%s@%s", plugin->name, version);
	plugin->dropped = false;
	plugin->size = program->len;
	plugin->created_ms = date_now_ms();
	snprintf(plugin->digest, sizeof(plugin->digest), "%s", program->digest);
	if (registry_plugin_add(&store->registry, plugin, err) < 0)
		return -1;
	return put_bytes(store, plugin->file, program, err);
}

int install_again(const struct store *store, const struct registry_plugin *plugin,
		  const struct sealed *program, struct error *err)
{
	enum store_state state = STORE_READY;

	if (store_check(&state, store, plugin, err) < 0)
		return -1;
	if (state == STORE_READY)
		return 0;
	if (plugin->dropped)
		return error_set(err, ERROR_DATA,
				 "'%s' is %s: put it back in its place, '%s/%s'",
				 plugin->name, store_state_word(state), store->dropped,
				 plugin->file);
	return put_bytes(store, plugin->file, program, err);
}

int install_tell(const struct registry_plugin *plugin, struct error *err)
{
	char version[VERSION_LEN];

	version_format(version, &plugin->version);
	if (printf("%s@%s  %s\n", plugin->name, version, plugin->digest) < 0 ||
	    fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}
