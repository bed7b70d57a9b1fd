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

static int renew(struct tally *tally, struct mint *mint,
		 const struct installation *installation, int64_t newer_ms,
		 struct error *err)
{
	char key[INSTALLATION_KEY_LEN] = "";
	auto_free char *name = NULL;
	struct error problem = { 0 };
	bool fresh = false;

	installation_key(key, installation);
	name = str_format(SCOPE "%s", key);
	if (is_fresh(&fresh, mint, name, newer_ms, err) < 0)
		return -1;
	if (fresh) {
		tally->kept++;
		return 0;
	}
	if (token_renew(mint, installation, newer_ms, &problem) == 0) {
		tally->renewed++;
		return 0;
	}
	*err = problem;
	if (problem.kind != ERROR_ABSENT || drop(mint, installation, err) < 0)
		return -1;
	tally->removed++;
	return 0;
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

/* "installation/42"; scoped tokens ("installation/42.…") are made again by who asks for them. */
static bool read_name(struct installation *installation, struct str_view line)
{
	size_t len = strlen(SCOPE);

	if (line.len <= len || token_is_scoped(line))
		return false;
	return installation_read_key(
		installation, (struct str_view){ line.data + len, line.len - len });
}

static void refresh_all(struct tally *tally, struct mint *mint, const struct buf *names,
			const struct options *options)
{
	const char *rest = buf_str(names);
	int64_t newer_ms = newer_than(options);

	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		struct installation installation = INSTALLATION_EMPTY;
		struct error problem = { 0 };

		if (!read_name(&installation, line))
			continue;
		if (identify(&installation, mint, options, &problem) < 0 ||
		    renew(tally, mint, &installation, newer_ms, &problem) < 0) {
			log_warning("installation %" PRIu64 ": %s", installation.id,
				    problem.message);
			tally->failed++;
		}
	}
}

static void refresh_owners(struct tally *tally, struct mint *mint,
			   const char *const *owners, const struct options *options)
{
	int64_t newer_ms = newer_than(options);

	for (; *owners; owners++) {
		struct installation installation = INSTALLATION_EMPTY;
		struct error problem = { 0 };

		if (find_installation(&installation, mint, *owners, options->app,
				      &problem) < 0 ||
		    renew(tally, mint, &installation, newer_ms, &problem) < 0) {
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
		refresh_all(&tally, &mint, &names, options);
	return report(&tally, err);
}
