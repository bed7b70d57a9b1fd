#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/find.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/token.h"
#include "bin/tokenmint/trail.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/lines.h"
#include "lib/log.h"

#define SCOPE "installation/"
#define LINE_LIMIT 8192
#define BATCH 1000 /* the most that GitHub takes at once */

struct tally {
	uint64_t revoked;
	uint64_t gone;
	uint64_t failed;
	uint64_t unknown;
};

/* Tokens of people and of OAuth apps on their way to the public endpoint. */
struct batch {
	struct buf body; /* auto_secret */
	struct json_writer writer;
	size_t count;
};

static void count(struct tally *tally, const char *outcome)
{
	if (str_equal(outcome, "revoked"))
		tally->revoked++;
	else if (str_equal(outcome, "gone"))
		tally->gone++;
	else
		tally->failed++;
}

/* A token ends itself.  401: it had ended already. */
static const char *end_token(struct mint *mint, struct str_view base,
			     struct str_view token, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	const struct api_request request = { .method = "DELETE",
					     .path = "/installation/token",
					     .token = token,
					     .base = base };

	if (api_call(&answer, &mint->api, mint->layout.libexec, &request, err) < 0)
		return "failed";
	if (answer.status == 401)
		return "gone";
	return github_answer_check(&answer, "revoke a token", err) < 0 ? "failed"
								       : "revoked";
}

/* Ask where the token's App lives; one whose App is not known is of the configuration's API. */
static int find_home(struct app *app, const struct mint *mint, const char *name,
		     struct error *err)
{
	struct installation installation = INSTALLATION_EMPTY;
	const char *key = name + strlen(SCOPE);
	const char *dot = token_is_scoped((struct str_view){ name, strlen(name) })
				  ? strrchr(key, '.')
				  : NULL;
	bool found = false;

	if (!installation_read_key(
		    &installation,
		    (struct str_view){ key, dot ? (size_t)(dot - key) : strlen(key) }) ||
	    installation_find_id(&installation, &found, &mint->layout, err) < 0)
		return 0;
	if (found && app_load(app, &mint->vault, installation.app, err) < 0 &&
	    err->kind != ERROR_ABSENT)
		return -1;
	return 0;
}

/* One that could not be ended stays, so that it can be tried again. */
static int revoke_stored(struct tally *tally, struct mint *mint, const char *name,
			 struct error *err)
{
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_app struct app app = APP_EMPTY;
	auto_close int lock = -1;
	struct str_view text = { NULL, 0 };
	struct error problem = { 0 };
	const char *outcome = "gone";
	bool found = false;

	if (vault_lock(&lock, &mint->vault, name, err) < 0 ||
	    vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	if (!token.found)
		return 0;
	if (find_home(&app, mint, name, err) < 0)
		return -1;
	text = (struct str_view){ token.bytes.data, token.bytes.len };
	if (token.expires_ms > date_now_ms())
		outcome = end_token(mint, app.api, text, &problem);
	count(tally, outcome);
	trail_revoked(&mint->layout, name, text, outcome);
	if (str_equal(outcome, "failed")) {
		log_warning("%s: %s", name, problem.message);
		return 0;
	}
	return vault_delete(&found, &mint->vault, name, err);
}

static int revoke_names(struct tally *tally, struct mint *mint, const struct buf *names,
			struct error *err)
{
	const char *rest = buf_str(names);

	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len > 0 && revoke_stored(tally, mint, name, err) < 0)
			return -1;
	}
	return 0;
}

/* The owner's own and scoped tokens; GitHub is not asked who the owner is if we know it. */
static int list_owner(struct buf *names, struct mint *mint, const struct options *options,
		      const char *owner, struct error *err)
{
	struct installation installation = INSTALLATION_EMPTY;
	auto_free char *name = NULL;
	auto_free char *scoped = NULL;

	if (find_installation(&installation, mint, owner, options->app, err) < 0)
		return -1;
	name = token_name(&installation, "");
	scoped = token_name(&installation, ".");
	buf_add_format(names, "%s\n", name);
	return vault_list(names, &mint->vault, scoped, err);
}

static void begin_batch(struct batch *batch)
{
	buf_wipe(&batch->body);
	(void)buf_room(&batch->body,
		       (size_t)BATCH * 256); /* rarely more: one place to wipe */
	batch->writer = (struct json_writer)JSON_WRITER(&batch->body);
	batch->count = 0;
	json_write_object(&batch->writer, NULL);
	json_write_array(&batch->writer, "credentials");
}

/* GitHub takes them without asking who we are, and does not say which of them it knew. */
static void send_batch(struct tally *tally, struct mint *mint, struct batch *batch)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct api_request request = { .method = "POST", .path = "/credentials/revoke" };
	struct error err = { 0 };

	if (batch->count == 0)
		return;
	json_write_array_end(&batch->writer);
	json_write_object_end(&batch->writer);
	request.body = (struct str_view){ batch->body.data, batch->body.len };
	if (api_call(&answer, &mint->api, mint->layout.libexec, &request, &err) < 0 ||
	    github_answer_check(&answer, "revoke leaked tokens", &err) < 0) {
		log_warning("%s", err.message);
		tally->failed += batch->count;
	} else {
		tally->revoked += batch->count;
	}
	begin_batch(batch);
}

static bool is_public(struct str_view token)
{
	static const char *const prefixes[] = { "ghp_", "gho_", "ghu_", "ghr_",
						"github_pat_" };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t len = strlen(prefixes[i]);

		if (token.len > len && memcmp(token.data, prefixes[i], len) == 0)
			return true;
	}
	return false;
}

static bool is_plain(struct str_view token)
{
	for (size_t i = 0; i < token.len; i++)
		if (token.data[i] <= ' ' || token.data[i] > '~' || token.data[i] == '"' ||
		    token.data[i] == '\\')
			return false;
	return token.len > 4;
}

static void revoke_leaked(struct tally *tally, struct mint *mint, struct batch *batch,
			  struct str_view token)
{
	const char *outcome = NULL;
	struct error err = { 0 };

	if (is_plain(token) && is_public(token)) {
		json_write_bytes(&batch->writer, NULL, token.data, token.len);
		trail_revoked(&mint->layout, NULL, token, "sent");
		if (++batch->count == BATCH)
			send_batch(tally, mint, batch);
		return;
	}
	if (!is_plain(token) || memcmp(token.data, "ghs_", 4) != 0) {
		tally->unknown++;
		return;
	}
	outcome = end_token(mint, (struct str_view){ NULL, 0 }, token, &err);
	count(tally, outcome);
	trail_revoked(&mint->layout, NULL, token, outcome);
	if (str_equal(outcome, "failed"))
		log_warning("%s", err.message);
}

static int revoke_lines(struct tally *tally, struct mint *mint, struct error *err)
{
	auto_lines struct lines lines = LINES(STDIN_FILENO, LINE_LIMIT);
	auto_secret struct buf body = BUF_EMPTY;
	struct batch batch = { .body = BUF_EMPTY };
	struct str_view line = { NULL, 0 };
	bool found = true;
	int status = 0;

	begin_batch(&batch);
	while (status == 0) {
		status = lines_next(&line, &found, &lines, err);
		if (status < 0 && err->kind == ERROR_DATA) {
			tally->unknown++; /* longer than any token */
			status = 0;
			continue;
		}
		if (status < 0 || !found)
			break;
		if (line.len > 0)
			revoke_leaked(tally, mint, &batch, line);
	}
	send_batch(tally, mint, &batch);
	body = batch.body; /* wiped with it */
	return status;
}

static int report(const struct tally *tally, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "revoked", tally->revoked);
	json_write_u64(&writer, "gone", tally->gone);
	json_write_u64(&writer, "failed", tally->failed);
	json_write_u64(&writer, "unknown", tally->unknown);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	if (io_write(&out, err) < 0)
		return -1;
	if (tally->failed > 0)
		return error_set(err, ERROR_TEMPORARY,
				 "%" PRIu64 " tokens could not be revoked",
				 tally->failed);
	if (tally->unknown > 0)
		return error_set(err, ERROR_DATA, "%" PRIu64 " lines are no tokens",
				 tally->unknown);
	return 0;
}

int cmd_revoke(const struct options *options, const char *const *operands,
	       struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	struct tally tally = { 0 };
	int ways = (operands[0] != NULL) + options->all + options->from_stdin;

	if (ways != 1)
		return error_set(err, ERROR_USAGE,
				 "revoke takes an owner, --all, or --stdin");
	if (options->from_stdin) {
		/* Leaked tokens are none of the vault's: it need not be there. */
		if (layout_read(&mint.layout, err) < 0 ||
		    revoke_lines(&tally, &mint, err) < 0)
			return -1;
		return report(&tally, err);
	}
	if (mint_open(&mint, err) < 0 ||
	    (options->all ? vault_list(&names, &mint.vault, SCOPE, err)
			  : list_owner(&names, &mint, options, operands[0], err)) < 0 ||
	    revoke_names(&tally, &mint, &names, err) < 0)
		return -1;
	return report(&tally, err);
}
