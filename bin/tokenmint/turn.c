#include "bin/tokenmint/turn.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

#define RECORD_LIMIT 1024
#define STANDS_MAX_S 86400

/* "<failed at, ms> <stands until, ms> <kind> <message>\n"; an empty file tells of no failure. */
static int read_number(uint64_t *number, const char **rest)
{
	struct str_view word = { NULL, 0 };
	char digits[20] = "";
	struct error err = { 0 };

	if (!*rest)
		return -1;
	word = str_split(rest, ' ');
	if (word.len >= sizeof digits)
		return -1;
	memcpy(digits, word.data, word.len);
	return str_to_u64(number, digits, 0, INT64_MAX, &err);
}

struct record {
	uint64_t failed_ms;
	uint64_t until_ms;
	enum error_kind kind;
	struct str_view message;
};

/* A record that cannot be read is as good as none: then GitHub is asked. */
static bool read_record(struct record *record, struct buf *text, const struct turn *turn)
{
	const char *rest = NULL;
	uint64_t kind = 0;
	struct error ignored = { 0 };

	if (lseek(turn->fd, 0, SEEK_SET) < 0 ||
	    file_read_fd(text, turn->fd, RECORD_LIMIT, &ignored) < 0)
		return false;
	rest = buf_str(text);
	if (read_number(&record->failed_ms, &rest) < 0 ||
	    read_number(&record->until_ms, &rest) < 0 || read_number(&kind, &rest) < 0 ||
	    !rest || kind > ERROR_CONFIG)
		return false;
	record->kind = (enum error_kind)kind;
	record->message = (struct str_view){ rest, strcspn(rest, "\n") };
	return true;
}

/* A failure in the future, or one that stands for longer than any may, is of a clock that was
 * set back. */
static bool is_void(const struct record *record, const struct turn_wish *wish,
		    uint64_t now_ms)
{
	return record->failed_ms < (uint64_t)wish->since_ms ||
	       record->failed_ms > now_ms ||
	       record->until_ms > now_ms + STANDS_MAX_S * (uint64_t)1000 ||
	       (wish->is_news &&
		(record->kind == ERROR_ABSENT || record->kind == ERROR_DENIED));
}

static int check_record(const struct turn *turn, const struct turn_wish *wish,
			uint64_t waited_since_ms, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct record record = { 0, 0, ERROR_NONE, { NULL, 0 } };
	uint64_t now_ms = (uint64_t)date_now_ms();

	if (!read_record(&record, &text, turn) || is_void(&record, wish, now_ms))
		return 0;
	if (record.failed_ms >= waited_since_ms)
		return error_set(err, record.kind, "%.*s", (int)record.message.len,
				 record.message.data);
	if (record.until_ms <= now_ms)
		return 0;
	return error_set(err, record.kind,
			 "%.*s (%" PRIu64 " s ago; asked again in %" PRIu64 " s)",
			 record.message.len < 400 ? (int)record.message.len : 400,
			 record.message.data, (now_ms - record.failed_ms) / 1000,
			 (record.until_ms - now_ms) / 1000 + 1);
}

int turn_take(struct turn *turn, const struct vault *vault, const struct turn_wish *wish,
	      struct error *err)
{
	uint64_t waited_since_ms = (uint64_t)date_now_ms();

	if (vault_lock(&turn->fd, vault, wish->name, err) < 0)
		return -1;
	if (check_record(turn, wish, waited_since_ms, err) < 0) {
		turn_end(turn);
		return -1;
	}
	return 0;
}

void turn_failed(const struct turn *turn, const struct error *err, uint64_t stands_s)
{
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t now_ms = (uint64_t)date_now_ms();
	struct error ignored = { 0 };

	if (stands_s > STANDS_MAX_S)
		stands_s = STANDS_MAX_S;
	buf_add_format(&text, "%" PRIu64 " %" PRIu64 " %d %s\n", now_ms,
		       now_ms + stands_s * 1000, (int)err->kind, err->message);
	if (ftruncate(turn->fd, 0) < 0 || lseek(turn->fd, 0, SEEK_SET) < 0)
		return; /* the others then ask for themselves */
	(void)file_write(turn->fd, text.data, text.len, "lock", &ignored);
}

void turn_succeeded(const struct turn *turn)
{
	(void)!ftruncate(turn->fd, 0); /* an old failure that stays is over by its time */
}

void turn_end(struct turn *turn)
{
	if (turn->fd >= 0)
		(void)close(turn->fd);
	turn->fd = -1;
}
