#include "bin/hookrecv/rotation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/registry.h"
#include "lib/str.h"

enum { LIMIT = 4096, NOTE_MS = 60 * 1000 };

char *rotation_secret_name(const char *hook_id, size_t which)
{
	if (which == 0)
		return str_format("repository/%s_SECRET_OLD", hook_id);
	return str_format("repository/%s_SECRET_OLD%zu", hook_id, which + 1);
}

static char *file_of(const char *state, const char *hook_id)
{
	return str_format("%s/rotated/%s", state, hook_id);
}

/* So that what a server notes and what `rotate` writes do not undo each other. */
static int lock(int *fd, const char *state, struct error *err)
{
	auto_free char *dir = path_join(state, "rotated");
	auto_free char *file = path_join(dir, ".lock");

	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	return file_lock(fd, AT_FDCWD, file, err);
}

static void write_ms(struct json_writer *writer, const char *name, size_t which,
		     int64_t ms)
{
	char member[32];

	snprintf(member, sizeof(member), "%s_%zu_ms", name, which + 1);
	json_write_u64(writer, member, (uint64_t)ms);
}

static int write_file(const char *state, const char *hook_id,
		      const struct rotation *rotation, struct error *err)
{
	auto_free char *file = file_of(state, hook_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "since_ms", (uint64_t)rotation->since_ms);
	for (i = 0; i < rotation->count; i++) {
		write_ms(&writer, "since", i, rotation->old[i].since_ms);
		write_ms(&writer, "until", i, rotation->old[i].until_ms);
		write_ms(&writer, "used", i, rotation->old[i].used_ms);
	}
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	return file_replace(AT_FDCWD, file, text.data, text.len, 0600, err);
}

static bool read_ms(int64_t *ms, struct str_view object, const char *name, size_t which)
{
	uint64_t number = 0;
	char member[32];

	snprintf(member, sizeof(member), "%s_%zu_ms", name, which + 1);
	if (!json_plain_u64(&number, object, member))
		return false;
	*ms = (int64_t)number;
	return true;
}

int rotation_read(struct rotation *rotation, const char *state, const char *hook_id,
		  struct error *err)
{
	auto_free char *file = file_of(state, hook_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view object;
	uint64_t since = 0;
	bool found = false;
	size_t i;

	*rotation = (struct rotation){ 0 };
	if (file_read_if(&text, &found, AT_FDCWD, file, LIMIT, err) < 0)
		return -1;
	if (!found)
		return 0;
	object = (struct str_view){ buf_str(&text), text.len };
	if (!json_plain_is_valid(object) || !json_plain_u64(&since, object, "since_ms"))
		return error_set(err, ERROR_DATA, "'%s' tells no rotation", file);
	rotation->since_ms = (int64_t)since;
	for (i = 0; i < ROTATION_OLD; i++) {
		struct rotation_key *old = &rotation->old[i];

		if (!read_ms(&old->since_ms, object, "since", i) ||
		    !read_ms(&old->until_ms, object, "until", i) ||
		    !read_ms(&old->used_ms, object, "used", i))
			break;
		rotation->count++;
	}
	return 0;
}

/* Those that are still good move up by one. */
static void push(struct rotation *rotation, const struct rotation_key *key)
{
	struct rotation next = { .since_ms = rotation->since_ms };
	size_t i;

	next.old[next.count++] = *key;
	for (i = 0; i < rotation->count && next.count < ROTATION_OLD; i++) {
		if (rotation->old[i].until_ms > rotation->since_ms)
			next.old[next.count++] = rotation->old[i];
	}
	*rotation = next;
}

int rotation_add(struct rotation *rotation, const char *state,
		 const struct registry_hook *hook, int64_t grace_ms, struct error *err)
{
	struct rotation_key key = { 0 };
	auto_close int held = -1;

	if (lock(&held, state, err) < 0 ||
	    rotation_read(rotation, state, hook->id, err) < 0)
		return -1;
	key.since_ms = rotation->since_ms ? rotation->since_ms : hook->created_ms;
	rotation->since_ms = date_now_ms();
	key.until_ms = rotation->since_ms + grace_ms;
	if (grace_ms == 0)
		rotation->count = 0;
	push(rotation, &key);
	return write_file(state, hook->id, rotation, err);
}

static struct rotation_key *find(struct rotation *rotation, int64_t since_ms)
{
	size_t i;

	for (i = 0; i < rotation->count; i++) {
		if (rotation->old[i].since_ms == since_ms)
			return &rotation->old[i];
	}
	return NULL;
}

int rotation_used(const char *state, const char *hook_id, int64_t since_ms,
		  struct error *err)
{
	struct rotation rotation = { 0 };
	struct rotation_key *key;
	auto_close int held = -1;
	int64_t now = date_now_ms();

	if (lock(&held, state, err) < 0 ||
	    rotation_read(&rotation, state, hook_id, err) < 0)
		return -1;
	key = find(&rotation, since_ms);
	if (!key || now - key->used_ms < NOTE_MS)
		return 0;
	key->used_ms = now;
	return write_file(state, hook_id, &rotation, err);
}

int rotation_forget(const char *state, const char *hook_id, struct error *err)
{
	auto_free char *file = file_of(state, hook_id);

	if (unlink(file) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", file);
	return 0;
}
