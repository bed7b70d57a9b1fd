#include "bin/hookroute/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/names.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"

enum { FILE_LIMIT = 1 << 30 };

struct str_view walk_member(const struct walk_event *event, const char *key)
{
	struct str_view rest = event->line;
	struct str_view name;
	struct str_view value;

	/* The payload is last, and may be long. */
	while (json_scan_next(&name, &value, &rest)) {
		if (!str_view_equal(name, key))
			continue;
		if (value.len < 2 || value.data[0] != '"')
			break;
		return (struct str_view){ value.data + 1, value.len - 2 };
	}
	return (struct str_view){ "", 0 };
}

static void find_id(struct walk_event *event)
{
	struct str_view id = walk_member(event, "id");

	memcpy(event->id, event->file, UUID_LEN);
	if (id.len != UUID_LEN - 1)
		return;
	memcpy(event->id, id.data, UUID_LEN - 1);
	if (!uuid_is_valid(event->id))
		memcpy(event->id, event->file, UUID_LEN);
}

/* Events of these have files of their own, with a second line that is no event. */
static bool has_rest(enum spool_state state)
{
	return state == SPOOL_DEFER || state == SPOOL_HOLD;
}

static bool next_event(struct walk_event *event, const char **rest)
{
	while (*rest) {
		event->line = str_split(rest, '\n');
		event->rest = (struct str_view){ "", 0 };
		if (!event->line.len)
			continue;
		if (has_rest(event->state) && *rest) {
			event->rest = str_split(rest, '\n');
			*rest = NULL;
		}
		find_id(event);
		return true;
	}
	return false;
}

static int walk_lines(struct walk *walk, struct walk_event *event, const char *text,
		      struct error *err)
{
	while (walk->answer == WALK_ON && next_event(event, &text)) {
		if (walk->each(&walk->answer, walk->context, event, err) < 0)
			return -1;
	}
	return 0;
}

int walk_file(const struct walk_file *file, void *context, struct error *err)
{
	struct walk_event event = { .state = file->state,
				    .folder = spool_state_name(file->state),
				    .file = file->name };
	const char *text = file->text;

	while (next_event(&event, &text)) {
		if (file->each(context, &event, err) < 0)
			return -1;
	}
	return 0;
}

static int walk_folder(struct walk *walk, struct walk_event *event, int dir,
		       struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	size_t i;

	if (names_read(&names, dir, err) < 0)
		return -1;
	if (walk->first)
		names_begin_at(&names, walk->first);
	for (i = 0; i < names.count && walk->answer == WALK_ON; i++) {
		auto_buf struct buf text = BUF_EMPTY;
		bool found = false;

		event->file = names.list[i];
		if (file_read_if(&text, &found, dir, event->file, FILE_LIMIT, err) < 0)
			return -1;
		if (found && walk_lines(walk, event, buf_str(&text), err) < 0)
			return -1;
	}
	return 0;
}

static int is_date(const struct dirent *item)
{
	return strlen(item->d_name) == strlen("2026-11-20") && item->d_name[4] == '-' &&
	       item->d_name[7] == '-';
}

/* done/ has a folder for each day. */
static int walk_days(struct walk *walk, struct walk_event *event, struct error *err)
{
	int done = walk->spool->dir[SPOOL_DONE];
	struct dirent **days = NULL;
	int count = scandirat(done, ".", &days, is_date, alphasort);
	int failed = 0;
	int i;

	if (count < 0)
		return error_errno(err, "read folder 'done'");
	for (i = 0; i < count; i++) {
		auto_free char *folder = str_format("done/%s", days[i]->d_name);
		auto_close int dir = -1;

		event->folder = folder;
		if (walk->from_day && strcmp(days[i]->d_name, walk->from_day) < 0) {
			free(days[i]);
			continue;
		}
		/* Pruned meanwhile is skipped, too. */
		if (!failed && walk->answer == WALK_ON)
			dir = openat(done, days[i]->d_name,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (!failed && dir >= 0)
			failed = walk_folder(walk, event, dir, err);
		free(days[i]);
	}
	free(days);
	return failed;
}

int walk_state(struct walk *walk, enum spool_state state, struct error *err)
{
	struct walk_event event = { .state = state, .folder = spool_state_name(state) };

	walk->answer = WALK_ON;
	if (state == SPOOL_DONE)
		return walk_days(walk, &event, err);
	return walk_folder(walk, &event, walk->spool->dir[state], err);
}
