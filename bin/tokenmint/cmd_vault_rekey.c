#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/vault_rekey.h"

static int write_json(const struct vault_rekey *rekey, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "resealed", rekey->resealed);
	json_write_u64(&writer, "kept", rekey->kept);
	json_write_bool(&writer, "resumed", rekey->is_resumed);
	json_write_bool(&writer, "installed", rekey->is_installed);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return io_write(&out, err);
}

int cmd_vault_rekey(const struct options *options, const char *const *operands,
		    struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	struct vault_rekey rekey = { 0, 0, false, false };

	(void)operands;
	if (mint_open(&mint, err) < 0 ||
	    vault_rekey(&rekey, &mint.vault, options->file, err) < 0)
		return -1;
	log_info("%ssealed %zu secrets with the new master key, %zu were already",
		 rekey.is_resumed ? "went on: " : "", rekey.resealed, rekey.kept);
	if (!rekey.is_installed)
		log_notice(
			"both master keys open the vault until '%s' holds the new one: "
			"put it there, restart what reads it at its start, then "
			"tokenmint vault rekey again",
			mint.vault.key_file);
	return options->json ? write_json(&rekey, err) : 0;
}
