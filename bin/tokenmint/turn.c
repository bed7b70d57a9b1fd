#include "bin/tokenmint/turn.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

#define RECORD_LIMIT 1024
#define WAIT_MAX_S 900

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

/* A record that cannot be read is as good as none: then GitHub is asked. */
static int check_record(const struct turn *turn, uint64_t waited_since_ms,
			struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *rest = NULL;
	uint64_t failed_ms = 0;
	uint64_t until_ms = 0;
	uint64_t kind = 0;
	struct error ignored = { 0 };

	if (lseek(turn->fd, 0, SEEK_SET) < 0 ||
	    file_read_fd(&text, turn->fd, RECORD_LIMIT, &ignored) < 0)
		return 0;
	rest = buf_str(&text);
	if (read_number(&failed_ms, &rest) < 0 || read_number(&until_ms, &rest) < 0 ||
	    read_number(&kind, &rest) < 0 || !rest || kind > ERROR_CONFIG)
		return 0;
	if (failed_ms < waited_since_ms && until_ms <= (uint64_t)date_now_ms())
		return 0;
	return error_set(err, (enum error_kind)kind, "%.*s", (int)strcspn(rest, "\n"),
			 rest);
}

int turn_take(struct turn *turn, const struct vault *vault, const char *name,
	      struct error *err)
{
	uint64_t waited_since_ms = (uint64_t)date_now_ms();

	if (vault_lock(&turn->fd, vault, name, err) < 0)
		return -1;
	if (check_record(turn, waited_since_ms, err) < 0) {
		turn_end(turn);
		return -1;
	}
	return 0;
}

void turn_failed(const struct turn *turn, const struct error *err, uint64_t retry_after_s)
{
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t now_ms = (uint64_t)date_now_ms();
	struct error ignored = { 0 };

	if (retry_after_s > WAIT_MAX_S)
		retry_after_s = WAIT_MAX_S;
	buf_add_format(&text, "%" PRIu64 " %" PRIu64 " %d %s\n", now_ms,
		       now_ms + retry_after_s * 1000, (int)err->kind, err->message);
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
