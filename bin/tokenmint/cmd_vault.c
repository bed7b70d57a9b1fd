#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/may.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/io.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/vault_key.h"

int cmd_vault_init(const struct options *options, const char *const *operands,
		   struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_vault struct vault vault = VAULT_NONE;
	auto_free char *key_file = NULL;
	bool made = false;

	(void)options;
	(void)operands;
	if (layout_read(&layout, err) < 0)
		return -1;
	key_file = layout_key_file(&layout);
	if (vault_key_make(&made, key_file, err) < 0)
		return -1;
	if (made)
		log_notice("made master key '%s': keep a copy of it apart from the vault",
			   key_file);
	else
		log_info("master key '%s' is there already, kept", key_file);
	return vault_open_layout(&vault, &layout, err);
}

/* The open vault, and that those in whose name we act may do this. */
static int open_for(struct mint *mint, const struct options *options,
		    enum vault_right right, const char *name, struct error *err)
{
	auto_may struct may may = MAY_NONE;

	if (!vault_is_name(name)) /* says what names are */
		return vault_put(&mint->vault, name, (struct str_view){ NULL, 0 }, 0,
				 err);
	if (mint_open(mint, err) < 0 || may_read(&may, &mint->layout, options, err) < 0)
		return -1;
	return may_check(&may, right, name, err);
}

int cmd_vault_put(const struct options *options, const char *const *operands,
		  struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_secret struct buf bytes = BUF_EMPTY;
	int64_t expires_ms = 0;

	if (open_for(&mint, options, VAULT_PUT, operands[0], err) < 0)
		return -1;
	if (io_read_secret(&bytes, options->file, VAULT_SECRET_MAX, err) < 0)
		return -1;
	if (options->expires_ms > 0)
		expires_ms = date_now_ms() + (int64_t)options->expires_ms;
	return vault_put(&mint.vault, operands[0],
			 (struct str_view){ bytes.data, bytes.len }, expires_ms, err);
}

int cmd_vault_get(const struct options *options, const char *const *operands,
		  struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	char date[DATE_LEN] = "";

	if (open_for(&mint, options, VAULT_GET, operands[0], err) < 0 ||
	    vault_get(&secret, &mint.vault, operands[0], err) < 0)
		return -1;
	if (!secret.found)
		return error_set(err, ERROR_ABSENT, "no secret '%s'", operands[0]);
	if (secret.expires_ms != 0 && secret.expires_ms <= date_now_ms()) {
		date_format(date, secret.expires_ms);
		return error_set(err, ERROR_ABSENT, "secret '%s' has expired at %s",
				 operands[0], date);
	}
	return io_write_secret(&secret.bytes, err);
}

static void write_date(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char date[DATE_LEN] = "";

	date_format(date, unix_ms);
	json_write_string(writer, key, unix_ms ? date : NULL);
}

static int list_as_json(struct buf *out, const struct vault *vault, const char *name,
			struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct json_writer writer = JSON_WRITER(out);

	if (vault_get(&secret, vault, name, err) < 0)
		return -1;
	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", name);
	json_write_u64(&writer, "bytes", secret.bytes.len);
	write_date(&writer, "stored_at", secret.stored_ms);
	write_date(&writer, "expires_at", secret.expires_ms);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

static int list_one(struct buf *out, const struct mint *mint, const char *name,
		    const struct options *options, struct error *err)
{
	if (options->json)
		return list_as_json(out, &mint->vault, name, err);
	buf_add_format(out, "%s\n", name);
	return 0;
}

static int list_names(struct buf *out, const struct mint *mint, const struct buf *names,
		      const struct options *options, struct error *err)
{
	auto_may struct may may = MAY_NONE;
	const char *rest = NULL;
	uint64_t count = 0;

	if (may_read(&may, &mint->layout, options, err) < 0)
		return -1;
	for (rest = buf_str(names);
	     rest && (!options->limit || count < options->limit);) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (!line.len || !may_see(&may, name) ||
		    (options->after && strcmp(name, options->after) <= 0))
			continue;
		if (list_one(out, mint, name, options, err) < 0)
			return -1;
		count++;
	}
	return 0;
}

int cmd_vault_list(const struct options *options, const char *const *operands,
		   struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	const char *prefix = operands[0] ? operands[0] : "";

	if (mint_open(&mint, err) < 0 ||
	    vault_list(&names, &mint.vault, prefix, err) < 0 ||
	    list_names(&out, &mint, &names, options, err) < 0)
		return -1;
	return io_write(&out, err);
}

int cmd_vault_delete(const struct options *options, const char *const *operands,
		     struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	bool found = false;

	if (open_for(&mint, options, VAULT_DELETE, operands[0], err) < 0 ||
	    vault_delete(&found, &mint.vault, operands[0], err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "no secret '%s'", operands[0]);
	return 0;
}
