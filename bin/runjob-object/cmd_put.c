#include "bin/runjob-object/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto_hash.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/str.h"

enum { STEP = 65536 };

static int find_limit(uint64_t *limit, const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_OBJECT_MAX");

	*limit = 10ULL << 30;
	if (!text || (str_to_size(limit, text, err) == 0 && *limit > 0))
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "HOOKTOOLS_OBJECT_MAX is '%s', and no size, as 2G", text);
}

static int open_input(int *fd, const char *path, struct error *err)
{
	struct stat info = { 0 };

	*fd = str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				   : open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &info) < 0)
		return error_errno(err, "open '%s'", path);
	if (S_ISDIR(info.st_mode))
		return error_set(err, ERROR_USAGE, "'%s' is a folder: put an archive",
				 path);
	return 0;
}

/* As long as it takes, with one piece in memory at a time. */
static int copy(struct record *record, int to, int from, uint64_t limit,
		struct error *err)
{
	auto_hash struct crypto_hash hash = CRYPTO_HASH_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char bytes[STEP];
	ssize_t got;

	crypto_hash_start(&hash);
	while ((got = read(from, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read");
		record->size += (uint64_t)got;
		if (record->size > limit)
			return error_set(err, ERROR_DATA,
					 "more than %" PRIu64
					 " bytes, see HOOKTOOLS_OBJECT_MAX",
					 limit);
		crypto_hash_add(&hash, bytes, (size_t)got);
		if (file_write(to, bytes, (size_t)got, "contents", err) < 0)
			return -1;
	}
	crypto_hash_finish(&hash, digest);
	hex_encode(record->sha256, digest, sizeof(digest));
	return 0;
}

static int tell(const struct context *context, const struct record *record,
		struct error *err)
{
	auto_buf struct buf line = BUF_EMPTY;

	if (context->options.json)
		record_tell(&line, &context->scope, record, false);
	else
		buf_add_str(&line, record->sha256);
	buf_add_char(&line, '\n');
	return file_write(STDOUT_FILENO, line.data, line.len, "standard output", err);
}

int cmd_put(struct context *context, struct error *err)
{
	auto_store_file struct store_file file = STORE_FILE_NONE;
	const char *key = context->operands[0];
	struct record record = { .created_ms = date_now_ms() };
	auto_close int from = -1;
	uint64_t limit = 0;

	if (key_check(key, err) < 0 || find_limit(&limit, &context->config, err) < 0 ||
	    open_input(&from, context->operands[1], err) < 0)
		return -1;
	if (context->scope.kind == SCOPE_RUN &&
	    !store_has_run(&context->store, context->scope.of))
		return error_set(err, ERROR_ABSENT, "no run '%s'", context->scope.of);
	snprintf(record.key, sizeof(record.key), "%s", key);
	if (store_file_create(&file, &context->store, err) < 0 ||
	    copy(&record, file.fd, from, limit, err) < 0)
		return error_wrap(err, "object '%s'", key);
	if (context->options.expires_ms)
		record.expires_ms = date_now_ms() + (int64_t)context->options.expires_ms;
	if (store_publish(&file, &context->scope, &record, err) < 0)
		return error_wrap(err, "object '%s'", key);
	return tell(context, &record, err);
}
