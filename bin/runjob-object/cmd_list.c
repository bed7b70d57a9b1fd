#include "bin/runjob-object/commands.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-object/keys.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

enum { FLUSH_AT = 65536 };

static void add_row(struct buf *out, const struct record *record, bool expired)
{
	char until[DATE_LEN] = "-";

	if (record->expires_ms)
		date_format(until, record->expires_ms);
	if (record->expires_ms)
		until[19] = '\0';
	buf_add_format(out, "%.12s  %12" PRIu64 "  %-19s  %s\n", record->sha256,
		       record->size, expired ? "expired" : until, record->key);
}

static int add_object(struct buf *out, uint64_t *shown, const struct context *context,
		      int scope_fd, const char *key)
{
	struct record record = { .size = 0 };
	struct error ignored = { 0 };
	char name[KEY_LEN];
	bool found = false;
	bool expired;

	key_to_name(name, key);
	/* One that cannot be read is not there for who looks; get and gc say why. */
	if (store_read_record(&record, &found, scope_fd, name, &ignored) < 0 || !found)
		return 0;
	expired = store_is_expired(&context->store, &context->scope, &record);
	if (context->options.json) {
		record_tell(out, &context->scope, &record, expired);
		buf_add_char(out, '\n');
	} else {
		add_row(out, &record, expired);
	}
	(*shown)++;
	return 0;
}

static int put(struct buf *out, struct error *err)
{
	if (file_write(STDOUT_FILENO, buf_str(out), out->len, "standard output", err) < 0)
		return -1;
	buf_clear(out);
	return 0;
}

int cmd_list(struct context *context, struct error *err)
{
	struct options *options = &context->options;
	auto_keys struct keys keys = KEYS_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_close int scope_fd = -1;
	uint64_t shown = 0;

	options->json |= !isatty(STDOUT_FILENO);
	if (store_open_scope(&scope_fd, &context->store, &context->scope, err) < 0 ||
	    keys_read(&keys, scope_fd, err) < 0)
		return -1;
	if (!options->json)
		buf_add_format(&out, "%-12s  %12s  %-19s  %s\n", "SHA-256", "BYTES",
			       "UNTIL (UTC)", "KEY");
	for (size_t i = 0; i < keys.count && shown < options->limit; i++) {
		if (options->after && strcmp(keys.items[i], options->after) <= 0)
			continue;
		if (add_object(&out, &shown, context, scope_fd, keys.items[i]) < 0)
			return -1;
		if (out.len > FLUSH_AT && put(&out, err) < 0)
			return -1;
	}
	return put(&out, err);
}
