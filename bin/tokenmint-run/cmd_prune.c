#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/tokenmint-run/commands.h"
#include "bin/tokenmint-run/options.h"
#include "bin/tokenmint-run/keyring.h"
#include "lib/audit.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/job_status.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/session.h"
#include "lib/uuid.h"

#define BOUND "run:"

struct tally {
	size_t run_tokens;
	size_t api_keys;
	size_t sessions;
	size_t tokens;
	size_t limits;
	uint64_t audit_lines;
};

struct pruning {
	const struct keyring *keyring;
	struct tally tally;
};

/* A run that is a job of runjob(1) which has ended, and nobody has told us. */
static int has_ended(bool *ended, const struct layout *layout, const char *run,
		     struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };
	struct error ignored = { 0 };
	bool found = false;

	*ended = false;
	if (job_find(&job, &found, layout, run, &ignored) < 0 || !found)
		return 0; /* a run of somebody else's: its token has an end */
	if (job_status_now(&status, &found, &job, err) < 0)
		return -1;
	*ended = found && job_state_is_final(status.state);
	return 0;
}

static int look_at_key(void *context, const struct apikey *key, struct error *err)
{
	struct pruning *pruning = context;
	bool ended = false;
	size_t count = 0;

	if (!key->bound || !str_starts(key->bound, BOUND))
		return 0;
	if (has_ended(&ended, &pruning->keyring->place.layout, key->bound + strlen(BOUND),
		      err) < 0)
		return -1;
	if (!ended)
		return 0;
	if (apikey_remove_bound(&count, &pruning->keyring->keys, key->bound, err) < 0)
		return -1;
	pruning->tally.run_tokens += count;
	return 0;
}

/* Installation tokens that nobody has asked for since they ended. */
static int prune_token(struct pruning *pruning, const char *name, int64_t before_ms,
		       struct error *err)
{
	const struct vault *vault = &pruning->keyring->place.vault;
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_close int lock = -1;
	bool found = false;

	if (vault_lock(&lock, vault, name, err) < 0 ||
	    vault_get(&token, vault, name, err) < 0)
		return -1;
	if (!token.found || token.expires_ms == 0 || token.expires_ms >= before_ms)
		return 0;
	if (vault_delete(&found, vault, name, err) < 0)
		return -1;
	pruning->tally.tokens += found;
	return 0;
}

static int prune_tokens(struct pruning *pruning, int64_t before_ms, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;

	if (vault_list(&names, &pruning->keyring->place.vault, "installation/", err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len > 0 && prune_token(pruning, name, before_ms, err) < 0)
			return -1;
	}
	return 0;
}

/* Rate limits stand for a day at most; a file that is older tells of none. */
static int prune_limits(struct pruning *pruning, int64_t before_ms, struct error *err)
{
	auto_free char *path = path_join(pruning->keyring->place.layout.state, "limits");
	auto_closedir DIR *dir = opendir(path);
	const struct dirent *entry = NULL;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "open folder '%s'", path);
	while ((entry = readdir(dir))) {
		struct stat st = { 0 };

		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) || (int64_t)st.st_mtime * 1000 >= before_ms)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			pruning->tally.limits++;
	}
	return 0;
}

static int prune_sessions(struct pruning *pruning, int64_t before_ms, struct error *err)
{
	struct session_store store = SESSION_STORE_NONE;
	int status = session_store_open(&store, &pruning->keyring->place.layout,
					&pruning->keyring->place.vault, err);

	if (status == 0)
		status = session_prune(&pruning->tally.sessions, &store, before_ms, err);
	session_store_close(&store);
	return status;
}

static int report(const struct tally *tally, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "run_tokens", tally->run_tokens);
	json_write_u64(&writer, "api_keys", tally->api_keys);
	json_write_u64(&writer, "sessions", tally->sessions);
	json_write_u64(&writer, "tokens", tally->tokens);
	json_write_u64(&writer, "limits", tally->limits);
	json_write_u64(&writer, "audit_lines", tally->audit_lines);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

int cmd_prune(const struct options *options, const struct keyring *keyring,
	      struct error *err)
{
	struct pruning pruning = { .keyring = keyring };
	const struct keyring_visit visit = { look_at_key, &pruning };
	int64_t before_ms = options->now_ms - (int64_t)options->older_than_ms;
	int64_t audit_ms = options->now_ms - (int64_t)options->audit_older_than_ms;

	if (keyring_each(keyring, &visit, err) < 0 ||
	    apikey_prune(&pruning.tally.api_keys, &keyring->keys, before_ms, err) < 0 ||
	    prune_sessions(&pruning, before_ms, err) < 0 ||
	    prune_tokens(&pruning, before_ms, err) < 0 ||
	    prune_limits(&pruning, before_ms, err) < 0)
		return -1;
	if (options->audit_older_than_ms > 0 &&
	    audit_trim(&pruning.tally.audit_lines, &keyring->place.layout, audit_ms,
		       err) < 0)
		return -1;
	return report(&pruning.tally, err);
}
