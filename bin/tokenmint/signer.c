#include "bin/tokenmint/signer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/jwt.h"
#include "lib/layout.h"
#include "lib/process.h"

#define FOLDER "signers.d"
#define FILE_LIMIT 65536
#define WORDS_MAX 32
#define OUTPUT_LIMIT 8192
#define TIMEOUT_MS 30000
#define SIGNATURE_MIN 256 /* of a key of 2048 bits */
#define SIGNATURE_MAX 1024
#define HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"

/* A command's line. */
struct command {
	char *words[WORDS_MAX + 1];
};

#define auto_command __attribute__((cleanup(free_command)))

static void free_command(struct command *command)
{
	for (size_t i = 0; i < WORDS_MAX; i++)
		free(command->words[i]);
}

static int read_words(struct command *command, struct str_view list, struct error *err)
{
	struct str_view element = { NULL, 0 };
	size_t count = 0;

	while (json_scan_element(&element, &list)) {
		auto_buf struct buf word = BUF_EMPTY;

		if (count == WORDS_MAX || !json_object_text(&word, element) ||
		    memchr(buf_str(&word), '\0', word.len))
			return error_set(err, ERROR_CONFIG,
					 "\"exec\" wants up to %d strings", WORDS_MAX);
		command->words[count++] = buf_take(&word);
	}
	if (count == 0 || command->words[0][0] != '/')
		return error_set(err, ERROR_CONFIG,
				 "\"exec\" wants a whole path as its first string");
	return 0;
}

static int read_text(struct command *command, struct str_view text, struct error *err)
{
	const char *problem = NULL;
	struct str_view list = { NULL, 0 };

	if (!json_object_is_sound(text, &problem))
		return error_set(err, ERROR_CONFIG, "the file %s", problem);
	if (!json_object_find(&list, text, "exec") || list.data[0] != '[')
		return error_set(err, ERROR_CONFIG, "no array \"exec\"");
	return read_words(command, list, err);
}

static int read_command(struct command *command, const char *name,
			const struct layout *layout, struct error *err)
{
	auto_free char *path = str_format("%s/" FOLDER "/%s.json", layout->conf, name);
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (!str_is_identifier(name))
		return error_set(err, ERROR_USAGE, "'%.100s' is no name of a command",
				 name);
	if (file_read_if(&text, &found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_CONFIG,
				 "no '%s': it has the command that signs, "
				 "{\"exec\": [\"/path\", \"argument\"]}",
				 path);
	if (read_text(command, (struct str_view){ text.data, text.len }, err) < 0)
		return error_wrap(err, "'%s'", path);
	return 0;
}

int signer_check(const char *name, const struct layout *layout, struct error *err)
{
	auto_command struct command command = { { NULL } };

	return read_command(&command, name, layout, err);
}

/* What the command wrote is base64url with or without a line break, or the bytes. */
static int take_signature(struct buf *signature, const struct buf *output,
			  struct error *err)
{
	size_t len = output->len;

	if (len > 0 && output->data[len - 1] == '\n')
		len--;
	if (!base64url_decode(signature, buf_str(output), len)) {
		buf_clear(signature);
		buf_add(signature, output->data, output->len);
	}
	if (signature->len < SIGNATURE_MIN || signature->len > SIGNATURE_MAX)
		return error_set(err, ERROR_DATA,
				 "it wrote %zu bytes: an RS256 signature has %d to %d, "
				 "raw or in base64url",
				 signature->len, SIGNATURE_MIN, SIGNATURE_MAX);
	return 0;
}

static int ask_command(struct buf *signature, const char *name,
		       const struct layout *layout, struct str_view input,
		       struct error *err)
{
	auto_command struct command command = { { NULL } };
	auto_buf struct buf output = BUF_EMPTY;
	struct process_call call = { .argv = (const char *const *)command.words,
				     .input = input,
				     .limit = OUTPUT_LIMIT,
				     .timeout_ms = TIMEOUT_MS };

	if (read_command(&command, name, layout, err) < 0)
		return -1;
	if (process_capture(&output, &call, err) < 0) {
		/* That it says no is not GitHub's answer. */
		if (err->kind == ERROR_ABSENT || err->kind == ERROR_USAGE)
			err->kind = ERROR_SYSTEM;
		return -1;
	}
	return take_signature(signature, &output, err);
}

static int sign_by_command(struct buf *token, const struct app *app,
			   const struct layout *layout, int64_t now_s, struct error *err)
{
	auto_free char *name = str_format("%.*s", (int)app->signer.len, app->signer.data);
	auto_free char *issuer = app_issuer(app);
	auto_buf struct buf claims = BUF_EMPTY;
	auto_secret struct buf made = BUF_EMPTY;
	auto_buf struct buf signature = BUF_EMPTY;

	jwt_app_claims(&claims, issuer, now_s);
	base64url_encode(&made, HEADER, strlen(HEADER));
	buf_add_char(&made, '.');
	base64url_encode(&made, claims.data, claims.len);
	if (ask_command(&signature, name, layout,
			(struct str_view){ made.data, made.len }, err) < 0)
		return error_wrap(err, "app '%s': sign by command '%s'", app->name, name);
	buf_add_char(&made, '.');
	base64url_encode(&made, signature.data, signature.len);
	buf_add(token, made.data, made.len);
	return 0;
}

int signer_key(struct crypto_private_key *key, const struct app *app, struct error *err)
{
	auto_free char *uri =
		str_format("%.*s", (int)app->key_uri.len, app->key_uri.data);

	if (app->signer.len > 0)
		return 0;
	if (app->key_uri.len > 0
		    ? crypto_private_key_uri(key, uri, err) < 0
		    : crypto_private_key_read(key, app->pem.data, app->pem.len, err) < 0)
		return error_wrap(err, "key of app '%s'", app->name);
	return 0;
}

int signer_sign(struct buf *token, const struct app *app, const struct layout *layout,
		int64_t now_ms, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_free char *issuer = app_issuer(app);

	if (app->signer.len > 0)
		return sign_by_command(token, app, layout, now_ms / 1000, err);
	if (signer_key(&key, app, err) < 0)
		return -1;
	return jwt_sign_app(token, &key, issuer, now_ms / 1000, err);
}
