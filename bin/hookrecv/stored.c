#include "bin/hookrecv/stored.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookrecv/provider.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"

/* A request takes an hour at most, so its event is in a file that is no older. */
enum { SPREAD_MS = 3600 * 1000 };

struct search {
	struct stored *stored;
	const char *id;
	bool found;
};

struct str_view stored_member(const struct stored *stored, const char *name)
{
	struct str_view line = { buf_str(&stored->line), stored->line.len };
	struct str_view value = { "", 0 };

	if (!json_scan_member(&value, line, name) || value.len < 2 || *value.data != '"')
		return (struct str_view){ "", 0 };
	return (struct str_view){ value.data + 1, value.len - 2 };
}

static bool is_event(struct str_view line, const char *id)
{
	struct str_view value = { "", 0 };

	return memmem(line.data, line.len, id, strlen(id)) &&
	       json_scan_member(&value, line, "id") && value.len == UUID_LEN + 1 &&
	       memcmp(value.data + 1, id, UUID_LEN - 1) == 0;
}

static void search_file(struct search *search, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	auto_fclose FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	auto_free char *line = NULL;
	struct stat status = { 0 };
	unsigned together = 0;
	size_t room = 0;
	ssize_t len;

	if (!file)
		cleanup_close(&fd);
	if (!file || fstat(fd, &status) < 0)
		return; /* a router was faster */
	while ((len = getline(&line, &room, file)) > 0) {
		together++;
		if (search->found ||
		    !is_event((struct str_view){ line, (size_t)len }, search->id))
			continue;
		search->found = true;
		buf_add(&search->stored->line, line, (size_t)len);
		memcpy(search->stored->file, name, UUID_LEN);
		search->stored->written_ms = (int64_t)status.st_mtim.tv_sec * 1000 +
					     status.st_mtim.tv_nsec / 1000000;
	}
	if (search->found)
		search->stored->together = together;
}

static int is_name(const struct dirent *item)
{
	return uuid_is_valid(item->d_name);
}

/* A file bears the id of its first event: so the last one that is not younger comes
 * first, and then those that were begun shortly before it. */
static int search_folder(struct search *search, int dir, struct error *err)
{
	struct dirent **names = NULL;
	int count = scandirat(dir, ".", &names, is_name, alphasort);
	int64_t oldest_ms = uuid_time_ms(search->id) - SPREAD_MS;
	int i;

	if (count < 0)
		return error_errno(err, "read a folder of the spool");
	for (i = count - 1; i >= 0; i--) {
		const char *name = names[i]->d_name;

		if (!search->found && strcmp(name, search->id) <= 0 &&
		    uuid_time_ms(name) >= oldest_ms)
			search_file(search, dir, name);
		free(names[i]);
	}
	free(names);
	return 0;
}

static int is_day(const struct dirent *item)
{
	return strlen(item->d_name) == strlen("2026-11-20") && item->d_name[4] == '-';
}

/* done/ has a folder for each day. */
static int search_days(struct search *search, int done, struct error *err)
{
	struct dirent **days = NULL;
	int count = scandirat(done, ".", &days, is_day, alphasort);
	int failed = 0;
	int i;

	if (count < 0)
		return error_errno(err, "read folder 'done'");
	for (i = 0; i < count; i++) {
		auto_close int dir = -1;

		if (!failed && !search->found) {
			failed = file_open_dir(&dir, done, days[i]->d_name, err);
			if (!failed)
				failed = search_folder(search, dir, err);
			if (search->found)
				search->stored->folder =
					str_format("done/%s", days[i]->d_name);
		}
		free(days[i]);
	}
	free(days);
	return failed;
}

int stored_find(struct stored *stored, bool *found, const struct spool *spool,
		const char *id, struct error *err)
{
	struct search search = { stored, id, false };
	int i;

	for (i = SPOOL_NEW; i < SPOOL_STATES && !search.found; i++) {
		if ((i == SPOOL_DONE ? search_days
				     : search_folder)(&search, spool->dir[i], err) < 0)
			return -1;
		if (!search.found || stored->folder)
			continue;
		stored->folder = str_dup(spool_state_name(i));
		if (i != SPOOL_NEW && i != SPOOL_CUR) {
			stored->written_ms = 0;
			stored->together = 1;
		}
	}
	*found = search.found;
	return 0;
}

struct latest {
	size_t left;
	void (*each)(void *context, const struct stored *stored);
	void *context;
};

static int latest_of_folder(struct latest *latest, int dir, struct error *err)
{
	struct dirent **names = NULL;
	int count = scandirat(dir, ".", &names, is_name, alphasort);
	int i;

	if (count < 0)
		return error_errno(err, "read a folder of the spool");
	for (i = count - 1; i >= 0; i--) {
		auto_stored struct stored stored = STORED_NONE;
		struct search search = { &stored, names[i]->d_name, false };

		if (latest->left)
			search_file(&search, dir, names[i]->d_name);
		if (search.found) {
			latest->left--;
			latest->each(latest->context, &stored);
		}
		free(names[i]);
	}
	free(names);
	return 0;
}

static int latest_of_days(struct latest *latest, int done, struct error *err)
{
	struct dirent **days = NULL;
	int count = scandirat(done, ".", &days, is_day, alphasort);
	auto_close int dir = -1;
	int failed = 0;

	if (count < 0)
		return error_errno(err, "read folder 'done'");
	if (count > 0)
		failed = file_open_dir(&dir, done, days[count - 1]->d_name, err);
	while (count > 0)
		free(days[--count]);
	free(days);
	return failed || dir < 0 ? failed : latest_of_folder(latest, dir, err);
}

int stored_latest(const struct spool *spool, size_t most,
		  void (*each)(void *context, const struct stored *stored), void *context,
		  struct error *err)
{
	struct latest latest = { most, each, context };

	if (latest_of_folder(&latest, spool->dir[SPOOL_NEW], err) < 0 ||
	    latest_of_folder(&latest, spool->dir[SPOOL_CUR], err) < 0)
		return -1;
	return latest_of_days(&latest, spool->dir[SPOOL_DONE], err);
}

/* A header that was kept, in lower case. */
static struct str_view kept_header(const struct stored *stored, const char *name)
{
	struct str_view line = { buf_str(&stored->line), stored->line.len };
	struct str_view headers = { "", 0 };
	struct str_view each = { "", 0 };
	struct str_view value = { "", 0 };

	if (!name || !json_scan_member(&headers, line, "headers"))
		return value;
	while (json_scan_next(&each, &value, &headers)) {
		if (each.len == strlen(name) &&
		    strncasecmp(each.data, name, each.len) == 0 && value.len >= 2)
			return (struct str_view){ value.data + 1, value.len - 2 };
	}
	return (struct str_view){ "", 0 };
}

/* A time that stands among the signatures was not kept with them. */
static bool signed_at(int64_t *signed_ms, const struct stored *stored,
		      const struct provider *provider)
{
	size_t i;

	for (i = 0; provider && i < PROVIDER_SCHEMES && provider->schemes[i].header;
	     i++) {
		struct str_view value = kept_header(stored, provider->schemes[i].time);
		auto_free char *text = str_format("%.*s", (int)value.len, value.data);
		struct error ignored = { 0 };
		uint64_t seconds = 0;

		if (str_to_u64(&seconds, text, 0, INT64_MAX / 1000, &ignored) < 0)
			continue;
		*signed_ms = (int64_t)seconds * 1000;
		return true;
	}
	return false;
}

bool stored_skew(int64_t *skew_ms, const struct stored *stored,
		 const struct provider *provider)
{
	struct str_view received = stored_member(stored, "received_at");
	auto_free char *text = str_format("%.*s", (int)received.len, received.data);
	int64_t received_ms = 0;
	int64_t signed_ms = 0;

	if (!date_parse(&received_ms, text) || !signed_at(&signed_ms, stored, provider))
		return false;
	*skew_ms = received_ms - signed_ms;
	return true;
}

void stored_free(struct stored *stored)
{
	buf_free(&stored->line);
	free(stored->folder);
	stored->folder = NULL;
}
