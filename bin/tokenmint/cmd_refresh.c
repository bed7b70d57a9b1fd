#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/find.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/token.h"
#include "bin/tokenmint/used.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"

#define SCOPE "installation/"

struct tally {
	uint64_t renewed;
	uint64_t kept;
	uint64_t removed;
	uint64_t failed;
};

/* Tokens stored after this stay; none is newer than the end of time. */
static int64_t newer_than(const struct options *options)
{
	if (options->older_than_ms == 0)
		return INT64_MAX;
	return date_now_ms() - (int64_t)options->older_than_ms;
}

static int is_fresh(bool *fresh, const struct mint *mint, const char *name,
		    int64_t newer_ms, struct error *err)
{
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;

	if (vault_get(&token, &mint->vault, name, err) < 0)
		return -1;
	*fresh = token.found && token.expires_ms > date_now_ms() &&
		 token.stored_ms > newer_ms;
	return 0;
}

/* What is to be made anew. */
struct target {
	const struct installation *installation;
	const struct scope *scope;
	int64_t newer_ms; /* unless it was stored after this */
};

/* GitHub no longer knows it: its event did not reach us. */
static int drop(struct mint *mint, const struct installation *installation,
		struct error *err)
{
	log_notice("installation %" PRIu64 " of %s is gone: token removed",
		   installation->id, installation->owner);
	if (installation_forget(installation, &mint->layout, err) < 0)
		return -1;
	return token_remove(mint, installation, err);
}

static int renew(struct tally *tally, struct mint *mint, const struct target *target,
		 struct error *err)
{
	const struct installation *installation = target->installation;
	auto_free char *name = token_name(installation, target->scope->suffix);
	struct error problem = { 0 };
	bool fresh = false;

	if (is_fresh(&fresh, mint, name, target->newer_ms, err) < 0)
		return -1;
	if (fresh) {
		tally->kept++;
		return 0;
	}
	if (token_renew(mint, installation, target->scope, target->newer_ms, &problem) ==
	    0) {
		tally->renewed++;
		return 0;
	}
	*err = problem;
	if (problem.kind != ERROR_ABSENT || drop(mint, installation, err) < 0)
		return -1;
	tally->removed++;
	return 0;
}

/* "installation/42", or "installation/42.0123456789abcdef". */
static bool read_name(struct installation *installation, const char *name)
{
	struct str_view key = { name, strlen(name) };

	if (token_is_scoped(key))
		key.len -= strlen(".0123456789abcdef");
	if (key.len <= strlen(SCOPE))
		return false;
	key.data += strlen(SCOPE);
	key.len -= strlen(SCOPE);
	return installation_read_key(installation, key);
}

/* Who it is; one that is not in the index belongs to the only app. */
static int identify(struct installation *installation, const struct mint *mint,
		    const struct options *options, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	bool found = false;

	if (installation_find_id(installation, &found, &mint->layout, err) < 0)
		return -1;
	if (found)
		return 0;
	if (app_choose(&app, &mint->vault, options->app, err) < 0)
		return -1;
	if (!str_equal(app.home, installation->home))
		return error_set(err, ERROR_CONFIG, "app '%s' is at another API",
				 app.name);
	memcpy(installation->app, app.name, sizeof installation->app);
	(void)snprintf(installation->owner, sizeof installation->owner, "unknown");
	return 0;
}

/* One that is limited, and nobody uses: it goes when it has ended. */
static int let_end(struct tally *tally, const struct mint *mint, const char *name,
		   struct error *err)
{
	bool found = false;
	bool ended = false;

	if (token_let_end(&found, &ended, mint, name, err) < 0)
		return -1;
	tally->removed += ended;
	tally->kept += found && !ended;
	return 0;
}

/* One that is limited: made anew while somebody uses it. */
static int renew_scoped(struct tally *tally, struct mint *mint, const char *name,
			const struct options *options, struct error *err)
{
	auto_scope struct scope scope = SCOPE_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;
	const struct target target = { &installation, &scope, newer_than(options) };
	const char *key = name + strlen(SCOPE);
	bool found = false;

	if (!read_name(&installation, name))
		return 0;
	if (used_find(&scope, &found, &mint->layout, key, err) < 0)
		return -1;
	if (!found)
		return let_end(tally, mint, name, err);
	if (identify(&installation, mint, options, err) == 0 &&
	    renew(tally, mint, &target, err) == 0)
		return 0;
	if (err->kind == ERROR_DATA) /* what it was limited to is there no longer */
		used_forget(&mint->layout, key);
	return error_wrap(err, "a token for %.200s", buf_str(&scope.body));
}

static int renew_whole(struct tally *tally, struct mint *mint, const char *name,
		       const struct options *options, struct error *err)
{
	const struct scope everything = SCOPE_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;
	const struct target target = { &installation, &everything, newer_than(options) };

	if (!read_name(&installation, name))
		return 0;
	if (identify(&installation, mint, options, err) < 0)
		return -1;
	return renew(tally, mint, &target, err);
}

/* Each of the lines is a name of the vault. */
static void refresh_names(struct tally *tally, struct mint *mint, const struct buf *names,
			  const struct options *options)
{
	const char *rest = buf_str(names);

	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);
		struct error problem = { 0 };
		int status = token_is_scoped(line)
				     ? renew_scoped(tally, mint, name, options, &problem)
				     : renew_whole(tally, mint, name, options, &problem);

		if (status < 0) {
			log_warning("installation %s: %s", name + strlen(SCOPE),
				    problem.message);
			tally->failed++;
		}
	}
}

static int refresh_owner(struct tally *tally, struct mint *mint, const char *owner,
			 const struct options *options, struct error *err)
{
	const struct scope everything = SCOPE_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;
	const struct target target = { &installation, &everything, newer_than(options) };
	auto_buf struct buf names = BUF_EMPTY;
	auto_free char *prefix = NULL;

	if (find_installation(&installation, mint, owner, options->app, err) < 0 ||
	    renew(tally, mint, &target, err) < 0)
		return -1;
	prefix = token_name(&installation, ".");
	if (vault_list(&names, &mint->vault, prefix, err) < 0)
		return -1;
	refresh_names(tally, mint, &names, options);
	return 0;
}

static void refresh_owners(struct tally *tally, struct mint *mint,
			   const char *const *owners, const struct options *options)
{
	for (; *owners; owners++) {
		struct error problem = { 0 };

		if (refresh_owner(tally, mint, *owners, options, &problem) < 0) {
			log_warning("%s: %s", *owners, problem.message);
			tally->failed++;
		}
	}
}

static int report(const struct tally *tally, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "renewed", tally->renewed);
	json_write_u64(&writer, "kept", tally->kept);
	json_write_u64(&writer, "removed", tally->removed);
	json_write_u64(&writer, "failed", tally->failed);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	if (io_write(&out, err) < 0)
		return -1;
	if (tally->failed > 0)
		return error_set(err, ERROR_TEMPORARY,
				 "%" PRIu64 " tokens were not renewed", tally->failed);
	return 0;
}

int cmd_refresh(const struct options *options, const char *const *operands,
		struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	struct tally tally = { 0 };

	if (options->all && operands[0])
		return error_set(err, ERROR_USAGE,
				 "refresh takes --all or owners, not both");
	if (mint_open(&mint, err) < 0 || vault_list(&names, &mint.vault, SCOPE, err) < 0)
		return -1;
	if (operands[0])
		refresh_owners(&tally, &mint, operands, options);
	else
		refresh_names(&tally, &mint, &names, options);
	used_sweep(&mint.layout);
	return report(&tally, err);
}
