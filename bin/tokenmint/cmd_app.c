#include <stdio.h>
#include <string.h>

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/signer.h"
#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"

#define KEY_LIMIT 65536

static int check_choice(const struct options *options, struct error *err)
{
	int keys = (options->file != NULL) + (options->signer != NULL) +
		   (options->key_uri != NULL);

	if (!options->app_id && !options->client_id)
		return error_set(err, ERROR_USAGE,
				 "app add wants --app-id N or --client-id C");
	if (keys != 1)
		return error_set(err, ERROR_USAGE,
				 "app add wants one of --key-file F (- for its input), "
				 "--sign-command NAME and --key-uri URI");
	return 0;
}

/* The key, or who has it, is there and works. */
static int read_key(struct buf *pem, const struct options *options,
		    const struct layout *layout, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;

	if (options->signer)
		return signer_check(options->signer, layout, err);
	if (options->key_uri)
		return crypto_private_key_uri(&key, options->key_uri, err);
	return io_read_secret(pem, options->file, KEY_LIMIT, err);
}

int cmd_app_add(const struct options *options, const char *const *operands,
		struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_secret struct buf pem = BUF_EMPTY;
	auto_buf struct buf api = BUF_EMPTY;
	struct app_identity identity = { operands[0], options->app_id, options->client_id,
					 NULL,	      options->signer, options->key_uri };

	if (check_choice(options, err) < 0 ||
	    (options->api && home_read(&api, options->api, err) < 0) ||
	    mint_open(&mint, err) < 0 || read_key(&pem, options, &mint.layout, err) < 0)
		return -1;
	identity.api = options->api ? buf_str(&api) : NULL;
	if (app_store(&mint.vault, &identity, (struct str_view){ pem.data, pem.len },
		      err) < 0)
		return -1;
	log_notice("app '%s' added%s", operands[0],
		   options->file ? ": its key file is no longer needed" : "");
	return 0;
}

/* "SHA256:<base 64>", as GitHub shows it beside the key; nothing where a command has the key. */
static int add_fingerprint(struct buf *out, const struct app *app, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_public_key struct crypto_public_key public = CRYPTO_PUBLIC_KEY_NONE;
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	if (app->signer.len > 0)
		return 0;
	if (signer_key(&key, app, err) < 0 ||
	    crypto_public_key_of(&public, &key, err) < 0 ||
	    crypto_public_key_digest(digest, &public, err) < 0)
		return -1;
	buf_add_str(out, "SHA256:");
	base64_encode(out, digest, sizeof digest);
	return 0;
}

static void write_view(struct json_writer *writer, const char *key, struct str_view text)
{
	if (text.len > 0)
		json_write_bytes(writer, key, text.data, text.len);
	else
		json_write_null(writer, key);
}

static int add_app(struct buf *out, const struct vault *vault, const char *name,
		   bool as_json, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	auto_buf struct buf fingerprint = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(out);
	char date[DATE_LEN] = "";

	if (app_load(&app, vault, name, err) < 0 ||
	    add_fingerprint(&fingerprint, &app, err) < 0)
		return -1;
	date_format(date, app.secret.stored_ms);
	if (!as_json) {
		buf_add_format(out, "%-20s %-12.*s %-22.*s %s\n", name,
			       app.id.len ? (int)app.id.len : 1,
			       app.id.len ? app.id.data : "-",
			       app.client_id.len ? (int)app.client_id.len : 1,
			       app.client_id.len ? app.client_id.data : "-",
			       fingerprint.len ? buf_str(&fingerprint) : "-");
		return 0;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", name);
	write_view(&writer, "app_id", app.id);
	write_view(&writer, "client_id", app.client_id);
	if (app.api.len > 0)
		write_view(&writer, "api", app.api);
	if (app.signer.len > 0)
		write_view(&writer, "sign_command", app.signer);
	if (app.key_uri.len > 0)
		write_view(&writer, "key_uri", app.key_uri);
	json_write_string(&writer, "key", fingerprint.len ? buf_str(&fingerprint) : NULL);
	json_write_string(&writer, "stored_at", date);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

int cmd_app_list(const struct options *options, const char *const *operands,
		 struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	const char *rest = NULL;

	(void)operands;
	if (mint_open(&mint, err) < 0 || app_names(&names, &mint.vault, err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len > 0 &&
		    add_app(&out, &mint.vault, name, options->json, err) < 0)
			return -1;
	}
	return io_write(&out, err);
}

int cmd_app_show(const struct options *options, const char *const *operands,
		 struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf out = BUF_EMPTY;

	if (mint_open(&mint, err) < 0 ||
	    add_app(&out, &mint.vault, operands[0], options->json, err) < 0)
		return -1;
	return io_write(&out, err);
}

int cmd_app_remove(const struct options *options, const char *const *operands,
		   struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_app struct app app = APP_EMPTY;
	auto_free char *secret = str_format("app/%s", operands[0]);
	bool found = false;

	(void)options;
	if (mint_open(&mint, err) < 0 ||
	    app_load(&app, &mint.vault, operands[0], err) < 0)
		return -1;
	return vault_delete(&found, &mint.vault, secret, err);
}
