#include "lib/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/layout.h"
#include "lib/path.h"

#define FILE_LIMIT ((size_t)1 << 30)

void audit_start(struct audit *audit, const char *event, int64_t now_ms)
{
	char date[DATE_LEN] = "";

	date_format(date, now_ms);
	*audit = (struct audit){ .line = BUF_EMPTY };
	audit->writer = (struct json_writer)JSON_WRITER(&audit->line);
	json_write_object(&audit->writer, NULL);
	json_write_string(&audit->writer, "at", date);
	json_write_string(&audit->writer, "event", event);
}

void audit_hash(char hash[static AUDIT_HASH_LEN], struct str_view token)
{
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };
	auto_buf struct buf text = BUF_EMPTY;

	crypto_sha256(digest, token.data, token.len);
	base64_encode(&text, digest, sizeof digest);
	memcpy(hash, buf_str(&text), AUDIT_HASH_LEN);
}

void audit_token(struct audit *audit, struct str_view token)
{
	char hash[AUDIT_HASH_LEN] = "";

	audit_hash(hash, token);
	json_write_string(&audit->writer, "hashed_token", hash);
}

void audit_free(struct audit *audit)
{
	buf_free(&audit->line);
}

/* Is the file that we have locked still the one of that name? */
static bool is_current(int fd, const char *path)
{
	struct stat ours = { 0 };
	struct stat named = { 0 };

	return fstat(fd, &ours) == 0 && stat(path, &named) == 0 &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static int open_locked(int *fd, const char *path, int how, struct error *err)
{
	for (;;) {
		auto_close int opened = open(
			path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (opened < 0)
			return error_errno(err, "open '%s'", path);
		while (flock(opened, how) < 0)
			if (errno != EINTR)
				return error_errno(err, "lock '%s'", path);
		if (is_current(opened, path)) {
			*fd = steal_fd(&opened);
			return 0;
		}
	}
}

int audit_write(struct audit *audit, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, AUDIT_FILE);
	auto_close int fd = -1;

	json_write_object_end(&audit->writer);
	buf_add_char(&audit->line, '\n');
	if (open_locked(&fd, path, LOCK_SH, err) < 0)
		return -1;
	return file_write(fd, audit->line.data, audit->line.len, path, err);
}

/* A line that cannot be read stays: it is evidence, too. */
static bool is_before(struct str_view line, int64_t before_ms)
{
	struct str_view at = { NULL, 0 };
	auto_free char *date = NULL;
	int64_t at_ms = 0;

	if (!json_plain_is_valid(line) || !json_plain_string(&at, line, "at"))
		return false;
	date = str_format("%.*s", (int)at.len, at.data);
	return date_parse(&at_ms, date) && at_ms < before_ms;
}

int audit_trim(uint64_t *dropped, const struct layout *layout, int64_t before_ms,
	       struct error *err)
{
	auto_free char *path = path_join(layout->state, AUDIT_FILE);
	auto_close int fd = -1;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf kept = BUF_EMPTY;
	const char *rest = NULL;

	*dropped = 0;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	if (open_locked(&fd, path, LOCK_EX, err) < 0 ||
	    file_read_fd(&text, fd, FILE_LIMIT, err) < 0)
		return -1;
	for (rest = buf_str(&text); rest && *rest;) {
		struct str_view line = str_split(&rest, '\n');

		if (is_before(line, before_ms)) {
			(*dropped)++;
			continue;
		}
		buf_add(&kept, line.data, line.len);
		buf_add_char(&kept, '\n');
	}
	if (*dropped == 0)
		return 0;
	return file_replace(AT_FDCWD, path, buf_str(&kept), kept.len, 0600, err);
}
