#include "bin/hookroute/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/hookroute/leftover.h"
#include "bin/hookroute/terminal.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"

#define MINUTE_MS (INT64_C(60) * 1000)

enum { FILE_LIMIT = 1 << 30 };

/* A name in a folder of the spool. */
struct thing {
	const struct recover *recover;
	enum spool_state state;
	const char *folder;
	const char *name;
	int dir;
	int64_t age_ms;
	struct stat st;
	uid_t owner; /* of the folder */
	gid_t group;
	size_t lines; /* looked at */
};

static void say(const struct thing *thing, const char *what, const char *done)
{
	auto_buf struct buf name = BUF_EMPTY;

	terminal_add_raw(&name, (struct str_view){ thing->name, strlen(thing->name) });
	printf("%s/%s: %s: %s\n", thing->folder, buf_str(&name), what, done);
}

static int remove_it(const struct thing *thing, const char *what, struct error *err)
{
	if (!thing->recover->dry_run && unlinkat(thing->dir, thing->name, 0) < 0 &&
	    errno != ENOENT)
		return error_errno(err, "remove '%s/%s'", thing->folder, thing->name);
	say(thing, what, thing->recover->dry_run ? "would be removed" : "removed");
	return 0;
}

static bool exists(const struct thing *thing, enum spool_state state, const char *id)
{
	return faccessat(thing->recover->spool->dir[state], id, F_OK,
			 AT_SYMLINK_NOFOLLOW) == 0;
}

/* "<id>.done" or "<id>.why"? */
static bool is_beside(char id[static UUID_LEN], const char *name, const char *suffix)
{
	if (strlen(name) < UUID_LEN || !str_equal(name + UUID_LEN - 1, suffix))
		return false;
	memcpy(id, name, UUID_LEN - 1);
	id[UUID_LEN - 1] = '\0';
	return uuid_is_valid(id);
}

/* What an event that is held had done counts when it is released. */
static int check_beside(const struct thing *thing, const char *id, struct error *err)
{
	if (exists(thing, thing->state, id) || exists(thing, SPOOL_HOLD, id) ||
	    (thing->state == SPOOL_CUR && exists(thing, SPOOL_NEW, id)) ||
	    thing->age_ms < MINUTE_MS)
		return 0;
	return remove_it(thing, "its event is not here", err);
}

/* Who is not the owner of a file cannot deliver it. */
static int check_access(const struct thing *thing, struct error *err)
{
	bool foreign = thing->st.st_uid != thing->owner;
	bool dry = thing->recover->dry_run;

	if (foreign && geteuid() != 0) {
		say(thing, "belongs to another user", "left alone, run this as root");
		return 0;
	}
	if (foreign) {
		if (!dry && fchownat(thing->dir, thing->name, thing->owner, thing->group,
				     AT_SYMLINK_NOFOLLOW) < 0)
			return error_errno(err, "change the owner of '%s/%s'",
					   thing->folder, thing->name);
		say(thing, "belongs to another user",
		    dry ? "would get the folder's owner" : "got the folder's owner");
	}
	if ((thing->st.st_mode & 07777) == 0600)
		return 0;
	if (!dry && fchmodat(thing->dir, thing->name, 0600, 0) < 0)
		return error_errno(err, "change the mode of '%s/%s'", thing->folder,
				   thing->name);
	say(thing, "has another mode than 0600", dry ? "would get it" : "got it");
	return 0;
}

static int check_event(void *context, const struct walk_event *event, struct error *err)
{
	struct thing *thing = context;
	struct str_view id = walk_member(event, "id");
	auto_free char *text = str_format("%.*s", (int)id.len, id.data);
	auto_free char *what = NULL;

	(void)err;
	thing->lines++;
	if (json_plain_is_valid(event->line) && uuid_is_valid(text))
		return 0;
	if (!json_plain_is_valid(event->line))
		what = str_format("line %zu is no event", thing->lines);
	else
		what = str_format(id.len ? "line %zu has an odd id"
					 : "line %zu has no id",
				  thing->lines);
	say(thing, what, "goes to dead/ when it is routed");
	return 0;
}

/* Whoever has the lock works on it. */
static void check_left_behind(const struct thing *thing, int fd)
{
	if (thing->state != SPOOL_CUR || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return;
	(void)flock(fd, LOCK_UN);
	say(thing, "no router has it", "the next one goes on with it");
}

static int check_file(struct thing *thing, struct error *err)
{
	auto_close int fd = -1;
	auto_buf struct buf text = BUF_EMPTY;
	const struct walk_file file = { thing->state, thing->name, NULL, check_event };
	struct walk_file read_file = file;
	auto_free char *why = str_format("%s.why", thing->name);

	if (check_access(thing, err) < 0)
		return -1;
	fd = openat(thing->dir, thing->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		if (errno != ENOENT)
			say(thing, "cannot be read", "left alone");
		return 0;
	}
	check_left_behind(thing, fd);
	if (thing->state == SPOOL_DEAD && !exists(thing, SPOOL_DEAD, why))
		say(thing, "has no .why", "hookroute retry routes it anew");
	if (file_read_fd(&text, fd, FILE_LIMIT, err) < 0)
		return -1;
	read_file.text = buf_str(&text);
	return walk_file(&read_file, thing, err);
}

static int check(struct thing *thing, struct error *err)
{
	char id[UUID_LEN];

	if (!S_ISREG(thing->st.st_mode)) {
		say(thing, "is no file", "left alone");
		return 0;
	}
	if (thing->state == SPOOL_TMP || str_ends(thing->name, ".tmp")) {
		if (!leftover_is(thing->name, thing->age_ms))
			return 0;
		return remove_it(thing, "was never finished", err);
	}
	if (uuid_is_valid(thing->name))
		return check_file(thing, err);
	if ((thing->state == SPOOL_CUR || thing->state == SPOOL_DEFER) &&
	    is_beside(id, thing->name, ".done"))
		return check_beside(thing, id, err);
	if (thing->state == SPOOL_DEAD && is_beside(id, thing->name, ".why"))
		return check_beside(thing, id, err);
	say(thing, "is no event's name", "left alone");
	return 0;
}

static int check_all(struct thing *thing, struct dirent **items, int count,
		     struct error *err)
{
	int failed = 0;
	int i;

	for (i = 0; i < count; i++) {
		thing->name = items[i]->d_name;
		thing->lines = 0;
		/* What went on meanwhile is all right. */
		if (!failed && fstatat(thing->dir, thing->name, &thing->st,
				       AT_SYMLINK_NOFOLLOW) == 0) {
			thing->age_ms = thing->recover->now_ms -
					(int64_t)thing->st.st_mtim.tv_sec * 1000;
			failed = check(thing, err);
		}
		free(items[i]);
	}
	free(items);
	return failed;
}

static int is_name(const struct dirent *item)
{
	return !str_equal(item->d_name, ".") && !str_equal(item->d_name, "..");
}

int recover_state(const struct recover *recover, enum spool_state state,
		  struct error *err)
{
	struct thing thing = { .recover = recover,
			       .state = state,
			       .folder = spool_state_name(state),
			       .dir = recover->spool->dir[state] };
	struct dirent **items = NULL;
	struct stat st = { 0 };
	int count;

	/* Nobody waits for what is in done/. */
	if (state == SPOOL_DONE)
		return 0;
	if (fstat(thing.dir, &st) < 0)
		return error_errno(err, "look at folder '%s'", thing.folder);
	thing.owner = st.st_uid;
	thing.group = st.st_gid;
	count = scandirat(thing.dir, ".", &items, is_name, alphasort);
	if (count < 0)
		return error_errno(err, "read folder '%s'", thing.folder);
	return check_all(&thing, items, count, err);
}
