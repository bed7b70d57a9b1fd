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
#define FILE_LIMIT 160

int installation_name(struct installation *installation, const struct app *app,
		      struct str_view owner, struct error *err)
{
	struct installation named = INSTALLATION_EMPTY;

	if (owner.len < sizeof named.owner)
		for (size_t i = 0; i < owner.len; i++)
			named.owner[i] = (char)tolower((unsigned char)owner.data[i]);
	if (!path_is_safe_name(named.owner))
		return error_set(err, ERROR_USAGE, "'%.*s' is no owner",
				 owner.len < 100 ? (int)owner.len : 100, owner.data);
	if (app) {
		memcpy(named.app, app->name, sizeof named.app);
		memcpy(named.home, app->home, sizeof named.home);
	}
	*installation = named;
	return 0;
}

void installation_key(char key[static INSTALLATION_KEY_LEN],
		      const struct installation *installation)
{
	(void)snprintf(key, INSTALLATION_KEY_LEN, "%" PRIu64 "%s%s", installation->id,
		       *installation->home ? "@" : "", installation->home); /* fits */
}

bool installation_read_key(struct installation *installation, struct str_view key)
{
	auto_free char *text = str_format("%.*s", (int)key.len, key.data);
	char *at = strchr(text, '@');
	struct error ignored = { 0 };
	uint64_t id = 0;

	if (at)
		*at++ = '\0';
	if (str_to_u64(&id, text, 1, ID_MAX, &ignored) < 0 ||
	    (at && (!path_is_safe_name(at) || strlen(at) >= HOME_LABEL_LEN)))
		return false;
	installation->id = id;
	(void)snprintf(installation->home, HOME_LABEL_LEN, "%s", at ? at : "");
	return true;
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
	struct installation read = *installation;

	if (file_read_if(&text, found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		buf_cut(&text, text.len - 1);
	if (!installation_read_key(&read, (struct str_view){ buf_str(&text), text.len }))
		return error_set(err, ERROR_DATA, "'%s' holds no number: remove it",
				 path);
	/* The app may have moved to another API since. */
	*found = str_equal(read.home, installation->home);
	if (*found)
		*installation = read;
	return 0;
}

int installation_store(const struct installation *installation,
		       const struct layout *layout, struct error *err)
{
	auto_free char *folder =
		str_format("%s/" FOLDER "/%s", layout->state, installation->app);
	auto_free char *path = path_of(installation, layout);
	char text[INSTALLATION_KEY_LEN + 1] = "";

	installation_key(text, installation);
	text[strlen(text)] = '\n';
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

/* What a walk looks for: an id and its home (when id is not 0), an owner, or any. */
struct search {
	const struct installation *wanted;
	unsigned hits;
	struct installation hit;
};

/* The key in an index file, whatever the app's home is by now. */
static int read_key(struct installation *seen, bool *found, const struct layout *layout,
		    struct error *err)
{
	auto_free char *path = path_of(seen, layout);
	auto_buf struct buf text = BUF_EMPTY;

	if (file_read_if(&text, found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (*found)
		*found = installation_read_key(
			seen, (struct str_view){ buf_str(&text),
						 strcspn(buf_str(&text), "\n") });
	return 0;
}

static int look_at(struct search *search, const char *app, const char *owner,
		   const struct layout *layout, struct error *err)
{
	const struct installation *wanted = search->wanted;
	struct installation seen = INSTALLATION_EMPTY;
	bool found = false;

	if (!path_is_safe_name(owner) || str_ends(owner, ".tmp") ||
	    strlen(owner) >= sizeof seen.owner ||
	    (wanted->id == 0 && *wanted->owner && !str_equal(wanted->owner, owner)))
		return 0;
	(void)snprintf(seen.app, sizeof seen.app, "%s", app); /* an identifier */
	(void)snprintf(seen.owner, sizeof seen.owner, "%s", owner);
	if (read_key(&seen, &found, layout, err) < 0)
		return -1;
	if (!found || (wanted->id != 0 &&
		       (wanted->id != seen.id || !str_equal(wanted->home, seen.home))))
		return 0;
	search->hits++;
	search->hit = seen;
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

int installation_find_id(struct installation *installation, bool *found,
			 const struct layout *layout, struct error *err)
{
	struct search search = { installation, 0, INSTALLATION_EMPTY };

	if (walk(&search, layout, err) < 0)
		return -1;
	*found = search.hits > 0;
	if (*found)
		*installation = search.hit;
	return 0;
}

int installation_find_app(struct installation *installation, bool *found,
			  const struct layout *layout, struct error *err)
{
	struct search search = { installation, 0, INSTALLATION_EMPTY };

	if (walk(&search, layout, err) < 0)
		return -1;
	if (search.hits > 1)
		return error_set(
			err, ERROR_USAGE,
			"'%s' is known through more than one app: choose with --app NAME",
			installation->owner);
	*found = search.hits > 0;
	if (*found)
		*installation = search.hit;
	return 0;
}

int installation_find_only(struct installation *installation, bool *found,
			   const struct layout *layout, struct error *err)
{
	struct installation any = INSTALLATION_EMPTY;
	struct search search = { &any, 0, INSTALLATION_EMPTY };

	if (walk(&search, layout, err) < 0)
		return -1;
	*found = search.hits == 1;
	if (*found)
		*installation = search.hit;
	return 0;
}
