#include "bin/tokenmint/installation.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

#define FOLDER "installations"
#define ID_MAX ((uint64_t)1 << 53)
#define FILE_LIMIT 32

int installation_name(struct installation *installation, const char *app,
		      struct str_view owner, struct error *err)
{
	struct installation named = INSTALLATION_EMPTY;

	if (owner.len < sizeof named.owner)
		for (size_t i = 0; i < owner.len; i++)
			named.owner[i] = (char)tolower((unsigned char)owner.data[i]);
	if (!path_is_safe_name(named.owner))
		return error_set(err, ERROR_USAGE, "'%.*s' is no owner",
				 owner.len < 100 ? (int)owner.len : 100, owner.data);
	(void)snprintf(named.app, sizeof named.app, "%s", app); /* checked by app_load */
	*installation = named;
	return 0;
}

static char *path_of(const struct installation *installation, const struct layout *layout)
{
	return str_format("%s/" FOLDER "/%s/%s", layout->state, installation->app,
			  installation->owner);
}

int installation_find(struct installation *installation, bool *found,
		      const struct layout *layout, struct error *err)
{
	auto_free char *path = path_of(installation, layout);
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t id = 0;

	if (file_read_if(&text, found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		buf_cut(&text, text.len - 1);
	if (str_to_u64(&id, buf_str(&text), 1, ID_MAX, err) < 0)
		return error_wrap(err, "'%s'", path);
	installation->id = id;
	return 0;
}

int installation_store(const struct installation *installation,
		       const struct layout *layout, struct error *err)
{
	auto_free char *folder =
		str_format("%s/" FOLDER "/%s", layout->state, installation->app);
	auto_free char *path = path_of(installation, layout);
	auto_free char *text = str_format("%" PRIu64 "\n", installation->id);

	if (file_make_dirs(folder, 0700, err) < 0)
		return -1;
	return file_replace(AT_FDCWD, path, text, strlen(text), 0600, err);
}

int installation_forget(const struct installation *installation,
			const struct layout *layout, struct error *err)
{
	auto_free char *path = path_of(installation, layout);

	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "forget '%s'", path);
	return 0;
}

/* What a walk looks for: an id (when it is not 0) or an owner. */
struct search {
	uint64_t id;
	const char *owner;
	unsigned hits;
	struct installation *hit;
};

static int look_at(struct search *search, const char *app, const char *owner,
		   const struct layout *layout, struct error *err)
{
	struct installation seen = INSTALLATION_EMPTY;
	bool found = false;

	if (!path_is_safe_name(owner) || str_ends(owner, ".tmp") ||
	    (search->owner && !str_equal(search->owner, owner)))
		return 0;
	if (installation_name(&seen, app, (struct str_view){ owner, strlen(owner) },
			      err) < 0 ||
	    installation_find(&seen, &found, layout, err) < 0)
		return -1;
	if (!found || (search->id != 0 && search->id != seen.id))
		return 0;
	search->hits++;
	*search->hit = seen;
	return 0;
}

static int walk_app(struct search *search, const char *app, const struct layout *layout,
		    struct error *err)
{
	auto_free char *path = str_format("%s/" FOLDER "/%s", layout->state, app);
	auto_closedir DIR *folder = opendir(path);
	const struct dirent *entry = NULL;

	if (!folder)
		return error_errno(err, "open folder '%s'", path);
	while ((entry = readdir(folder)))
		if (look_at(search, app, entry->d_name, layout, err) < 0)
			return -1;
	return 0;
}

static int walk(struct search *search, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, FOLDER);
	auto_closedir DIR *folder = opendir(path);
	const struct dirent *entry = NULL;

	if (!folder)
		return errno == ENOENT ? 0 : error_errno(err, "open folder '%s'", path);
	while ((entry = readdir(folder)))
		if (str_is_identifier(entry->d_name) &&
		    walk_app(search, entry->d_name, layout, err) < 0)
			return -1;
	return 0;
}

int installation_find_id(struct installation *installation, bool *found, uint64_t id,
			 const struct layout *layout, struct error *err)
{
	struct installation hit = INSTALLATION_EMPTY;
	struct search search = { id, NULL, 0, &hit };

	if (walk(&search, layout, err) < 0)
		return -1;
	*found = search.hits > 0;
	if (*found)
		*installation = hit;
	return 0;
}

int installation_find_app(struct installation *installation, bool *found,
			  const struct layout *layout, struct error *err)
{
	struct installation hit = INSTALLATION_EMPTY;
	struct search search = { 0, installation->owner, 0, &hit };

	if (walk(&search, layout, err) < 0)
		return -1;
	if (search.hits > 1)
		return error_set(
			err, ERROR_USAGE,
			"'%s' is known through more than one app: choose with --app NAME",
			installation->owner);
	*found = search.hits > 0;
	if (*found)
		*installation = hit;
	return 0;
}

int installation_find_only(struct installation *installation, bool *found,
			   const struct layout *layout, struct error *err)
{
	struct installation hit = INSTALLATION_EMPTY;
	struct search search = { 0, NULL, 0, &hit };

	if (walk(&search, layout, err) < 0)
		return -1;
	*found = search.hits == 1;
	if (*found)
		*installation = hit;
	return 0;
}
