#include "bin/hookrecv/rotation.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/str.h"

enum { LIMIT = 4096, NOTE_MS = 60 * 1000 };

char *rotation_secret_name(const char *hook_id)
{
	return str_format("repository/%s_SECRET_OLD", hook_id);
}

static char *file_of(const char *state, const char *hook_id)
{
	return str_format("%s/rotated/%s", state, hook_id);
}

int rotation_write(const char *state, const char *hook_id,
		   const struct rotation *rotation, struct error *err)
{
	auto_free char *dir = path_join(state, "rotated");
	auto_free char *file = file_of(state, hook_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "since_ms", (uint64_t)rotation->since_ms);
	json_write_u64(&writer, "until_ms", (uint64_t)rotation->until_ms);
	json_write_u64(&writer, "used_ms", (uint64_t)rotation->used_ms);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	return file_replace(AT_FDCWD, file, text.data, text.len, 0600, err);
}

int rotation_read(struct rotation *rotation, const char *state, const char *hook_id,
		  struct error *err)
{
	auto_free char *file = file_of(state, hook_id);
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view object;
	uint64_t since = 0;
	uint64_t until = 0;
	uint64_t used = 0;
	bool found = false;

	if (file_read_if(&text, &found, AT_FDCWD, file, LIMIT, err) < 0)
		return -1;
	object = (struct str_view){ buf_str(&text), text.len };
	if (found && (!json_plain_is_valid(object) ||
		      !json_plain_u64(&since, object, "since_ms") ||
		      !json_plain_u64(&until, object, "until_ms") ||
		      !json_plain_u64(&used, object, "used_ms")))
		return error_set(err, ERROR_DATA, "'%s' tells no rotation", file);
	*rotation =
		(struct rotation){ found, (int64_t)since, (int64_t)until, (int64_t)used };
	return 0;
}

int rotation_used(const char *state, const char *hook_id, int64_t now_ms,
		  struct error *err)
{
	struct rotation rotation = { 0 };

	if (rotation_read(&rotation, state, hook_id, err) < 0)
		return -1;
	if (!rotation.found || now_ms - rotation.used_ms < NOTE_MS)
		return 0;
	rotation.used_ms = now_ms;
	return rotation_write(state, hook_id, &rotation, err);
}

int rotation_forget(const char *state, const char *hook_id, struct error *err)
{
	auto_free char *file = file_of(state, hook_id);

	if (unlink(file) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", file);
	return 0;
}
