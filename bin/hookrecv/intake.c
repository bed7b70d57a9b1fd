#include "bin/hookrecv/intake.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/leak.h"
#include "lib/error.h"
#include "lib/file.h"

void intake_start(struct intake *intake, const struct spool *spool,
		  const struct event_head *head)
{
	intake->spool = spool;
	intake->file = (struct spool_file)SPOOL_FILE_NONE;
	memcpy(intake->id, head->id, UUID_LEN);
	json_scan_start(&intake->scan);
	event_write_head(&intake->line, head);
	intake->head = intake->line.len;
}

bool intake_is_large(const struct intake *intake)
{
	return intake->file.fd >= 0;
}

/* What is in memory goes to the file. */
static int spill(struct intake *intake, struct error *err)
{
	if (file_write(intake->file.fd, intake->line.data, intake->line.len, intake->id,
		       err) < 0)
		return -1;
	buf_clear(&intake->line);
	return 0;
}

static void count(struct intake *intake, size_t kept)
{
	if (intake->all)
		*intake->all += kept - intake->counted;
	intake->counted = kept;
}

static bool is_tight(const struct intake *intake)
{
	return intake->all && *intake->all > INTAKE_MEMORY_ALL;
}

/* One that has a file keeps little in memory, however many come at once. */
static int make_room(struct intake *intake, struct error *err)
{
	bool large = intake_is_large(intake);
	bool tight;

	count(intake, intake->line.len);
	tight = is_tight(intake);
	if (intake->line.len <= (large || tight ? INTAKE_MEMORY_TIGHT : intake->memory))
		return 0;
	if (!large &&
	    spool_file_create(&intake->file, intake->spool, intake->id, err) < 0)
		return -1;
	if (spill(intake, err) < 0)
		return -1;
	if (!large || tight)
		buf_free(&intake->line);
	count(intake, intake->line.cap);
	return 0;
}

static void give_up(struct intake *intake)
{
	intake->broken = true;
	spool_file_drop(&intake->file);
	buf_free(&intake->line);
	count(intake, 0);
}

int intake_add(struct intake *intake, struct buf *payload, const char *bytes, size_t len,
	       struct error *err)
{
	size_t before = intake->line.len;
	bool good = true;

	buf_clear(payload);
	if (!intake->is_form)
		buf_add(payload, bytes, len);
	else
		good = form_feed(&intake->form, payload, bytes, len);
	if (intake->broken)
		return 0;
	buf_add(&intake->line, buf_str(payload), payload->len);
	if (!good ||
	    (payload->len &&
	     !json_scan_feed(&intake->scan, intake->line.data + before, payload->len))) {
		give_up(intake);
		return 0;
	}
	if (make_room(intake, err) == 0)
		return 0;
	give_up(intake);
	return -1;
}

const char *intake_problem(struct intake *intake)
{
	if (intake->is_form && !form_finish(&intake->form))
		return "the form has no payload";
	if (json_scan_finish(&intake->scan))
		return NULL;
	return intake->scan.problem;
}

struct str_view intake_payload(const struct intake *intake)
{
	if (intake_is_large(intake) || intake->broken || intake->line.len < intake->head)
		return (struct str_view){ "", 0 };
	return (struct str_view){ intake->line.data + intake->head,
				  intake->line.len - intake->head };
}

/* Put text, as a JSON string, in the place of the head's member. */
static void replace(struct intake *intake, const char *member, struct str_view text)
{
	auto_buf struct buf line = BUF_EMPTY;
	struct str_view head = { buf_str(&intake->line), intake->head };
	struct str_view old = { NULL, 0 };
	size_t at;

	if (text.len == 0 || !json_scan_member(&old, head, member))
		return;
	at = (size_t)(old.data - head.data);
	buf_add(&line, head.data, at);
	buf_add_char(&line, '"');
	buf_add(&line, text.data, text.len);
	buf_add_char(&line, '"');
	intake->head = intake->head - old.len + text.len + 2;
	buf_add(&line, old.data + old.len, intake->line.len - at - old.len);
	buf_free(&intake->line);
	intake->line = line;
	line = (struct buf)BUF_EMPTY;
}

void intake_name(struct intake *intake, struct str_view event, struct str_view delivery)
{
	replace(intake, "event", event);
	replace(intake, "delivery", delivery);
}

static int read_head(struct buf *head, const struct intake *intake, struct error *err)
{
	ssize_t got;

	if (!intake_is_large(intake)) {
		buf_add(head, intake->line.data, intake->head);
		return 0;
	}
	got = pread(intake->file.fd, buf_room(head, intake->head), intake->head, 0);
	if (got != (ssize_t)intake->head)
		return error_errno(err, "read event '%s'", intake->id);
	buf_grew(head, intake->head);
	return 0;
}

int intake_key(struct intake *intake, const char *key, struct error *err)
{
	auto_buf struct buf head = BUF_EMPTY;
	struct str_view old = { NULL, 0 };
	size_t len = strlen(key);
	size_t at;

	if (read_head(&head, intake, err) < 0)
		return -1;
	if (!json_scan_member(&old, (struct str_view){ head.data, head.len }, "key") ||
	    old.len != len + 2)
		return error_set(err, ERROR_BUG, "event '%s' has no place for a key",
				 intake->id);
	at = (size_t)(old.data - head.data) + 1;
	if (!intake_is_large(intake))
		memcpy(intake->line.data + at, key, len);
	else if (pwrite(intake->file.fd, key, len, (off_t)at) != (ssize_t)len)
		return error_errno(err, "write event '%s'", intake->id);
	return 0;
}

int intake_mask(size_t *count, struct intake *intake, const struct keyring_keys *keys,
		struct error *err)
{
	if (intake_is_large(intake))
		return spill(intake, err) < 0
			       ? -1
			       : leak_mask_file(count, keys, intake->file.fd,
						intake->head, err);
	*count = leak_mask(keys, intake->line.data + intake->head,
			   intake->line.len - intake->head);
	return 0;
}

int intake_finish(struct intake *intake, struct error *err)
{
	event_write_tail(&intake->line);
	return intake_is_large(intake) ? spill(intake, err) : 0;
}

void intake_free(struct intake *intake)
{
	count(intake, 0);
	spool_file_drop(&intake->file);
	buf_free(&intake->line);
}
