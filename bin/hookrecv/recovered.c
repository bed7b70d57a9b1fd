#include "bin/hookrecv/recovered.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { LIMIT = 16384, KEY_BYTES = 16, KEY_DIGITS = 2 * KEY_BYTES };

static char *folder_of(const struct recovered_place *place)
{
	return str_format("%s/recovered/%s", place->state, place->hook_id);
}

static char *file_of(const struct recovered_place *place, const char *delivery)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	char key[KEY_DIGITS + 1];

	crypto_sha256(digest, delivery, strlen(delivery));
	hex_encode(key, digest, KEY_BYTES);
	return str_format("%s/recovered/%s/%s", place->state, place->hook_id, key);
}

static char *mark_file(const struct recovered_place *place)
{
	return str_format("%s/recovered/%s/mark", place->state, place->hook_id);
}

bool recovered_expects(const struct recovered_place *place, const char *delivery)
{
	auto_free char *file = delivery ? file_of(place, delivery) : NULL;

	return file && access(file, F_OK) == 0;
}

/* A member that is text; the caller frees it. */
static char *text(struct str_view object, const char *name)
{
	struct str_view view = { "", 0 };

	(void)json_plain_string(&view, object, name); /* none is "" */
	return str_format("%.*s", (int)view.len, view.data);
}

static int64_t number(struct str_view object, const char *name)
{
	uint64_t value = 0;

	(void)json_plain_u64(&value, object, name); /* none is 0 */
	return (int64_t)value;
}

static bool truth(struct str_view object, const char *name)
{
	struct str_view value = { NULL, 0 };

	return json_scan_member(&value, object, name) && str_view_equal(value, "true");
}

/* A file that is damaged tells nothing: the forge is asked once more. */
static int read_file(struct recovered *recovered, bool *found, const char *file,
		     struct error *err)
{
	auto_buf struct buf bytes = BUF_EMPTY;
	auto_free char *id = NULL;
	struct str_view object;

	*found = false;
	if (file_read_if(&bytes, found, AT_FDCWD, file, LIMIT, err) < 0)
		return -1;
	object = (struct str_view){ buf_str(&bytes), bytes.len };
	if (!*found || !json_plain_is_valid(object)) {
		*found = false;
		return 0;
	}
	id = text(object, "id");
	*recovered = (struct recovered){ .delivery = text(object, "delivery"),
					 .forge_id = text(object, "forge_id"),
					 .event = text(object, "event"),
					 .status = text(object, "status"),
					 .missing = truth(object, "missing"),
					 .gone = truth(object, "gone"),
					 .tries = (uint64_t)number(object, "tries"),
					 .found_ms = number(object, "found_ms"),
					 .tried_ms = number(object, "tried_ms"),
					 .recovered_ms = number(object, "recovered_ms") };
	snprintf(recovered->id, sizeof(recovered->id), "%.36s", id);
	return 0;
}

static int write_file(const struct recovered_place *place, const char *file,
		      struct buf *bytes, struct error *err)
{
	auto_free char *folder = folder_of(place);

	buf_add_char(bytes, '\n');
	if (file_make_dirs(folder, 0700, err) < 0)
		return -1;
	return file_replace(AT_FDCWD, file, bytes->data, bytes->len, 0600, err);
}

int recovered_write(const struct recovered *recovered,
		    const struct recovered_place *place, struct error *err)
{
	auto_free char *file = file_of(place, recovered->delivery);
	auto_buf struct buf bytes = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&bytes);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "delivery", recovered->delivery);
	json_write_string(&writer, "forge_id", recovered->forge_id);
	json_write_string(&writer, "event", recovered->event);
	json_write_string(&writer, "status", recovered->status);
	json_write_bool(&writer, "missing", recovered->missing);
	json_write_bool(&writer, "gone", recovered->gone);
	json_write_u64(&writer, "tries", recovered->tries);
	json_write_i64(&writer, "found_ms", recovered->found_ms);
	json_write_i64(&writer, "tried_ms", recovered->tried_ms);
	json_write_i64(&writer, "recovered_ms", recovered->recovered_ms);
	json_write_string(&writer, "id", recovered->id);
	json_write_object_end(&writer);
	return write_file(place, file, &bytes, err);
}

static int drop_file(const char *file, struct error *err)
{
	if (unlink(file) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", file);
	return 0;
}

int recovered_drop(const struct recovered_place *place, const char *delivery,
		   struct error *err)
{
	auto_free char *file = file_of(place, delivery);

	return drop_file(file, err);
}

/* The forge's ids grow, and have more digits than fit into a number. */
static int compare(const void *a, const void *b)
{
	const struct recovered *left = a;
	const struct recovered *right = b;
	size_t left_len = strlen(left->forge_id);
	size_t right_len = strlen(right->forge_id);

	if (left_len != right_len)
		return left_len < right_len ? -1 : 1;
	return strcmp(left->forge_id, right->forge_id);
}

void recovered_add(struct recovered_list *list, struct recovered *item)
{
	struct recovered *grown =
		realloc(list->items, (list->count + 1) * sizeof(*list->items));

	if (!grown)
		abort();
	list->items = grown;
	grown[list->count++] = *item;
	*item = (struct recovered)RECOVERED_EMPTY;
}

void recovered_sort(struct recovered_list *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

static int read_folder(struct recovered_list *list, const char *folder, struct error *err)
{
	auto_closedir DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, "read folder '%s'", folder);
	while ((entry = readdir(dir))) {
		auto_recovered struct recovered item = RECOVERED_EMPTY;
		auto_free char *file = str_format("%s/%s", folder, entry->d_name);
		bool found = false;

		if (strspn(entry->d_name, "0123456789abcdef") != KEY_DIGITS ||
		    strlen(entry->d_name) != KEY_DIGITS)
			continue;
		if (read_file(&item, &found, file, err) < 0)
			return -1;
		if (found)
			recovered_add(list, &item);
	}
	return 0;
}

int recovered_list(struct recovered_list *list, const struct recovered_place *place,
		   struct error *err)
{
	auto_recovered_list struct recovered_list read = RECOVERED_LIST_EMPTY;
	auto_free char *folder = folder_of(place);

	if (read_folder(&read, folder, err) < 0)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is an auto_ */
		return -1;
	recovered_sort(&read);
	*list = read;
	read = (struct recovered_list)RECOVERED_LIST_EMPTY;
	return 0;
}

int recovered_mark_read(struct recovered_mark *mark, const struct recovered_place *place,
			struct error *err)
{
	auto_free char *file = mark_file(place);
	auto_buf struct buf bytes = BUF_EMPTY;
	struct str_view object;
	bool found = false;

	if (file_read_if(&bytes, &found, AT_FDCWD, file, LIMIT, err) < 0)
		return -1;
	object = (struct str_view){ buf_str(&bytes), bytes.len };
	if (!json_plain_is_valid(object))
		object = (struct str_view){ "{}", 2 };
	*mark = (struct recovered_mark){ text(object, "upto"), text(object, "top"),
					 text(object, "next") };
	return 0;
}

int recovered_mark_write(const struct recovered_mark *mark,
			 const struct recovered_place *place, struct error *err)
{
	auto_free char *file = mark_file(place);
	auto_buf struct buf bytes = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&bytes);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "upto", mark->upto);
	json_write_string(&writer, "top", mark->top);
	json_write_string(&writer, "next", mark->next);
	json_write_object_end(&writer);
	return write_file(place, file, &bytes, err);
}

void recovered_mark_free(struct recovered_mark *mark)
{
	free(mark->upto);
	free(mark->top);
	free(mark->next);
	*mark = (struct recovered_mark)RECOVERED_MARK_EMPTY;
}

static int drop_all(DIR *dir, const char *folder, struct error *err)
{
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		auto_free char *file = str_format("%s/%s", folder, entry->d_name);

		if (!str_equal(entry->d_name, ".") && !str_equal(entry->d_name, "..") &&
		    drop_file(file, err) < 0)
			return -1;
	}
	return 0;
}

int recovered_forget(const struct recovered_place *place, struct error *err)
{
	auto_free char *folder = folder_of(place);
	auto_closedir DIR *dir = opendir(folder);

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, "read folder '%s'", folder);
	if (drop_all(dir, folder, err) < 0)
		return -1;
	if (rmdir(folder) < 0 && errno != ENOENT)
		return error_errno(err, "remove folder '%s'", folder);
	return 0;
}

void recovered_free(struct recovered *recovered)
{
	free(recovered->delivery);
	free(recovered->forge_id);
	free(recovered->event);
	free(recovered->status);
	*recovered = (struct recovered)RECOVERED_EMPTY;
}

void recovered_list_free(struct recovered_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		recovered_free(&list->items[i]);
	free(list->items);
	*list = (struct recovered_list)RECOVERED_LIST_EMPTY;
}
