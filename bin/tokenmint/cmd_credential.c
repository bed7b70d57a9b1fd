#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bin/tokenmint/agent.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/credential.h"
#include "bin/tokenmint/find.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/reject.h"
#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"

#define REQUEST_LIMIT ((size_t)1 << 20)
#define GITHUB_URL "https://github.com"
#define USER "x-access-token"
#define LEAST_MS ((int64_t)60 * 1000) /* git before 2.40 does not look at the expiry */

/* What git asks, and whose token it wants; name NULL: none of ours. */
struct question {
	struct buf text;
	struct credential credential;
	char *name;
};

static void question_free(struct question *question)
{
	buf_wipe(&question->text);
	cleanup_free(&question->name);
}

#define auto_question __attribute__((cleanup(question_free)))

/* Another user's password is none of ours. */
static bool is_ours(const struct credential *credential, const struct config *config)
{
	const char *url = config_get(config, "HOOKTOOLS_GITHUB_URL");

	if (credential->username.len > 0 && !str_view_equal(credential->username, USER))
		return false;
	return credential_is_for(credential, url ? url : GITHUB_URL);
}

static size_t owner_len(const char *name)
{
	return strcspn(name, "/");
}

/* Does the answer for name serve this path's repository? */
static bool agrees(const char *name, const char *path)
{
	if (strchr(name, '/'))
		return str_equal_nocase(name, path);
	return owner_len(name) == owner_len(path) &&
	       strncasecmp(name, path, owner_len(name)) == 0;
}

/* From the command line, else the path, else there is but one it could be. */
static int choose_name(char **name, const struct options *options, const char *wanted,
		       const struct credential *credential, struct error *err)
{
	auto_free char *path = credential_repository(credential);
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct installation only = INSTALLATION_EMPTY;
	bool found = false;

	if (wanted && (!path || agrees(wanted, path))) {
		*name = str_dup(wanted);
	} else if (!wanted && path && str_is_name(path)) {
		*name = str_dup(path);
	} else if (!wanted && !path && options->agent) {
		*name = str_dup("");
	} else if (!wanted && !path) {
		if (layout_read(&layout, err) < 0 ||
		    installation_find_only(&only, &found, &layout, err) < 0)
			return -1;
		*name = found ? str_dup(only.owner) : NULL;
		if (!found)
			log_warning("which owner?  git does not say: name it, or set "
				    "credential.useHttpPath");
	}
	return 0;
}

static int read_question(struct question *question, const struct options *options,
			 const char *wanted, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	struct credential *credential = &question->credential;

	if (wanted && !str_is_name(wanted))
		return error_set(err, ERROR_USAGE, "'%.200s' is no OWNER or OWNER/REPO",
				 wanted);
	if (file_read_fd(&question->text, STDIN_FILENO, REQUEST_LIMIT, err) < 0 ||
	    credential_read(
		    credential,
		    (struct str_view){ buf_str(&question->text), question->text.len },
		    err) < 0 ||
	    layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0)
		return -1;
	if (!is_ours(credential, &config))
		return 0;
	return choose_name(&question->name, options, wanted, credential, err);
}

/* As git 2.46 has it nobody stores it; before, a user and a password. */
static void write_answer(struct buf *out, const struct credential *credential,
			 const struct vault_secret *token)
{
	auto_secret struct buf pair = BUF_EMPTY;

	(void)buf_room(out, 2 * token->bytes.len + 512); /* one allocation holds it */
	if (credential->knows_authtype) {
		(void)buf_room(&pair, token->bytes.len + 32);
		buf_add_str(&pair, USER ":");
		buf_add(&pair, token->bytes.data, token->bytes.len);
		buf_add_str(out, "capability[]=authtype\nauthtype=Basic\nephemeral="
				 "1\ncredential=");
		base64_encode(out, pair.data, pair.len);
	} else {
		buf_add_str(out, "username=" USER "\npassword=");
		buf_add(out, token->bytes.data, token->bytes.len);
	}
	buf_add_format(out, "\npassword_expiry_utc=%lld\n",
		       (long long)(token->expires_ms / 1000));
}

static int answer_get(const struct options *options, const struct question *question,
		      struct error *err)
{
	auto_obtained struct obtained obtained = OBTAINED_NONE;
	auto_secret struct buf out = BUF_EMPTY;

	if (obtain_token(&obtained, options, question->name, err) < 0)
		return -1;
	if (obtained.token.expires_ms < date_now_ms() + LEAST_MS)
		return error_set(err, ERROR_TEMPORARY,
				 "the token there is lives less than a minute");
	write_answer(&out, &question->credential, &obtained.token);
	return io_write(&out, err);
}

/* The token that git was refused; empty when it does not say. */
static void refused_token(struct buf *token, const struct credential *credential)
{
	auto_secret struct buf pair = BUF_EMPTY;
	const char *colon = NULL;

	if (credential->password.len > 0) {
		buf_add(token, credential->password.data, credential->password.len);
	} else if (base64_decode(&pair, credential->header.data,
				 credential->header.len)) {
		colon = memchr(buf_str(&pair), ':', pair.len);
		if (colon)
			buf_add_str(token, colon + 1);
	}
}

static int drop_stored(const struct options *options, const char *name, const char *hash,
		       struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_scope struct scope scope = SCOPE_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;

	if (options->agent)
		return agent_reject(options, name, hash, err);
	scope_make(&scope, options);
	if (mint_open(&mint, err) < 0 ||
	    find_installation(&installation, &mint, name, options->app, err) < 0)
		return -1;
	return reject_token(&mint, &installation, &scope, hash, err);
}

static int erase(const struct options *options, const struct question *question,
		 struct error *err)
{
	auto_secret struct buf token = BUF_EMPTY;
	auto_buf struct buf hash = BUF_EMPTY;

	refused_token(&token, &question->credential);
	if (token.len == 0)
		return 0;
	reject_hash(&hash, (struct str_view){ token.data, token.len });
	return drop_stored(options, question->name, buf_str(&hash), err);
}

int cmd_credential(const struct options *options, const char *const *operands,
		   struct error *err)
{
	static const char capabilities[] = "version 0\ncapability authtype\n";
	auto_question struct question question = { BUF_EMPTY,
						   { .knows_authtype = false },
						   NULL };
	const char *wanted = operands[1] ? operands[0] : NULL;
	const char *action = operands[1] ? operands[1] : operands[0];
	bool is_get = str_equal(action, "get");

	if (str_equal(action, "capability"))
		return file_write(STDOUT_FILENO, capabilities, strlen(capabilities),
				  "standard output", err);
	if (!is_get && !str_equal(action, "erase"))
		return 0; /* git's documents: what is not known is ignored */
	if (read_question(&question, options, wanted, err) < 0)
		return -1;
	if (!question.name)
		return 0;
	return is_get ? answer_get(options, &question, err)
		      : erase(options, &question, err);
}
