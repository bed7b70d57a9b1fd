#include <stdio.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/find.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/token.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"

static void write_json(struct buf *out, const struct vault_secret *token,
		       const struct installation *installation)
{
	struct json_writer writer = JSON_WRITER(out);
	char date[DATE_LEN] = "";

	(void)buf_room(out, token->bytes.len + 512); /* one allocation holds the token */
	date_format(date, token->expires_ms);
	json_write_object(&writer, NULL);
	json_write_bytes(&writer, "token", token->bytes.data, token->bytes.len);
	json_write_string(&writer, "expires_at", date);
	json_write_u64(&writer, "installation_id", installation->id);
	json_write_string(&writer, "owner", installation->owner);
	json_write_string(&writer, "app", installation->app);
	json_write_object_end(&writer);
}

static int obtain(struct vault_secret *token, struct installation *installation,
		  struct mint *mint, const struct options *options, struct error *err)
{
	auto_scope struct scope scope = SCOPE_EMPTY;
	struct token_wish wish = { installation, &scope, options->min_ttl_ms };
	bool is_stale = false;

	scope_make(&scope, options);
	if (token_get(token, &is_stale, mint, &wish, err) < 0)
		return -1;
	if (is_stale)
		log_warning("%s: giving the stored token, which lives for %lld s yet",
			    err->message,
			    (long long)(token->expires_ms - date_now_ms()) / 1000);
	return 0;
}

/* An installation that GitHub no longer knows may have been made anew under another number. */
static int find_again(struct installation *installation, struct mint *mint,
		      const struct options *options, const char *name, struct error *err)
{
	struct error gone = *err;
	uint64_t id = installation->id;

	if (installation_forget(installation, &mint->layout, err) < 0 ||
	    find_installation(installation, mint, name, options->app, err) < 0)
		return -1;
	if (installation->id != id)
		return 0;
	*err = gone;
	return -1;
}

int cmd_get(const struct options *options, const char *const *operands, struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_secret struct buf out = BUF_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;

	if (mint_open(&mint, err) < 0 ||
	    find_installation(&installation, &mint, operands[0], options->app, err) < 0)
		return -1;
	if (obtain(&token, &installation, &mint, options, err) < 0) {
		if (err->kind != ERROR_ABSENT ||
		    find_again(&installation, &mint, options, operands[0], err) < 0 ||
		    obtain(&token, &installation, &mint, options, err) < 0)
			return -1;
	}
	if (options->json)
		write_json(&out, &token, &installation);
	else
		buf_add(&out, token.bytes.data, token.bytes.len);
	buf_add_char(&out, '\n');
	return io_write(&out, err);
}
