#include "bin/hookrecv/providers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/provider_file.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

enum { LIMIT = 16 << 10 };

static const char suffix[] = ".json";

void providers_open(struct providers *providers, const struct layout *layout)
{
	*providers = (struct providers){ .dir = path_join(layout->conf, "providers.d") };
}

void providers_close(struct providers *providers)
{
	while (providers->files) {
		struct provider_file *file = providers->files;

		providers->files = file->next;
		provider_file_free(file);
		free(file);
	}
	free(providers->dir);
	*providers = (struct providers)PROVIDERS_NONE;
}

/* A file that is missing is no provider of that name. */
static int load(struct provider_file *file, const char *dir, const char *name,
		struct error *err)
{
	auto_free char *path = str_format("%s/%s%s", dir, name, suffix);
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (str_is_identifier(name) &&
	    file_read_if(&text, &found, AT_FDCWD, path, LIMIT, err) < 0) {
		if (err->kind == ERROR_DATA) /* too large */
			err->kind = ERROR_CONFIG;
		return -1;
	}
	if (!found)
		return error_set(err, ERROR_USAGE,
				 "no provider '%s': hookrecv providers lists them", name);
	if (strlen(buf_str(&text)) != text.len)
		return error_set(err, ERROR_CONFIG, "'%s': it is no JSON object", path);
	if (provider_file_parse(file, name, buf_str(&text), err) < 0)
		return error_wrap(err, "'%s'", path);
	return 0;
}

static const struct provider *keep(struct providers *providers,
				   const struct provider_file *file)
{
	struct provider_file *kept = malloc(sizeof(*kept));

	if (!kept)
		abort();
	*kept = *file;
	kept->next = providers->files;
	providers->files = kept;
	return &kept->provider;
}

int providers_find(const struct provider **provider, struct providers *providers,
		   const char *name, struct error *err)
{
	struct provider_file file = PROVIDER_FILE_EMPTY;
	const struct provider *found = provider_find(name);
	const struct provider_file *kept;

	for (kept = providers->files; !found && kept; kept = kept->next) {
		if (str_equal(kept->name, name))
			found = &kept->provider;
	}
	if (!found) {
		if (load(&file, providers->dir, name, err) < 0)
			return -1;
		found = keep(providers, &file);
	}
	*provider = found;
	return 0;
}

static int is_description(const struct dirent *entry)
{
	return str_ends(entry->d_name, suffix) && entry->d_name[0] != '.';
}

int providers_list(struct buf *names, const struct providers *providers,
		   struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(providers->dir, &entries, is_description, alphasort);
	int i;

	if (count < 0 && errno != ENOENT)
		return error_errno(err, "read '%s'", providers->dir);
	for (i = 0; i < count; i++) {
		size_t len = strlen(entries[i]->d_name) - strlen(suffix);

		buf_add(names, entries[i]->d_name, len);
		buf_add_char(names, '\n');
		free(entries[i]);
	}
	free(entries);
	return 0;
}
