#include <string.h>
#include <unistd.h>

#include "bin/tokenmint-run/commands.h"
#include "bin/tokenmint-run/options.h"
#include "bin/tokenmint-run/keyring.h"
#include "lib/audit.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/role.h"

/* A run token is an API key that is bound to the run, so that it ends with it. */
#define BOUND "run:"
#define TEXT_LIMIT 4096

static bool is_of_run(const struct apikey *key, const char *run)
{
	if (!key->bound || !str_starts(key->bound, BOUND))
		return false;
	return !run || str_equal(key->bound + strlen(BOUND), run);
}

static void note(const struct keyring *keyring, const char *event, const char *run,
		 const struct apikey *key)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };
	struct error err = { 0 };

	audit_start(&audit, event, date_now_ms());
	json_write_u64(&audit.writer, "uid", getuid());
	json_write_string(&audit.writer, "run", run);
	if (key) {
		json_write_string(&audit.writer, "key", key->id);
		principal_write_roles(&audit.writer, key->roles);
	}
	if (audit_write(&audit, &keyring->place.layout, &err) < 0)
		log_warning("%s, ignoring", err.message); /* the token works */
}

static void write_key(struct buf *out, const struct apikey *key, const char *text)
{
	struct json_writer writer = JSON_WRITER(out);
	char date[DATE_LEN] = "";

	date_format(date, key->expires_ms);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", key->id);
	if (text)
		json_write_string(&writer, "token", text);
	json_write_string(&writer, "run", key->bound + strlen(BOUND));
	json_write_string(&writer, "namespace", key->name_space);
	principal_write_roles(&writer, key->roles);
	json_write_string(&writer, "expires_at", date);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int cmd_run_token_issue(const struct options *options, const struct keyring *keyring,
			struct error *err)
{
	auto_free char *bound = str_format(BOUND "%s", options->run);
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	auto_secret struct buf out = BUF_EMPTY;
	const struct apikey_wish wish = {
		.name = options->run,
		.name_space = options->name_space,
		.bound = bound,
		.roles = options->roles ? options->roles : ROLE_SET(ROLE_VIEWER),
		.now_ms = options->now_ms,
		.expires_ms = options->now_ms + (int64_t)options->life_ms
	};

	if (apikey_create(&text, &key, &keyring->keys, &wish, err) < 0)
		return -1;
	note(keyring, "run-token", options->run, &key);
	(void)buf_room(&out, text.len + TEXT_LIMIT); /* no copy of it stays behind */
	if (options->json)
		write_key(&out, &key, buf_str(&text));
	else
		buf_add_format(&out, "%s\n", buf_str(&text));
	return place_write(&out, err);
}

/* Again is no mistake: a run ends as often as its end is noticed. */
int cmd_run_token_revoke(const struct options *options, const struct keyring *keyring,
			 struct error *err)
{
	auto_free char *bound = str_format(BOUND "%s", options->run);
	size_t count = 0;

	if (apikey_remove_bound(&count, &keyring->keys, bound, err) < 0)
		return -1;
	if (count > 0)
		note(keyring, "run-token-end", options->run, NULL);
	return 0;
}

int cmd_run_token_verify(const struct options *options, const struct keyring *keyring,
			 struct error *err)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (file_read_fd(&text, STDIN_FILENO, TEXT_LIMIT, err) < 0)
		return err->kind == ERROR_DATA
			       ? error_set(err, ERROR_ABSENT, "no run token: too long")
			       : -1;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		buf_cut(&text, text.len - 1);
	if (apikey_verify(&key, &keyring->keys,
			  (struct str_view){ buf_str(&text), text.len }, options->now_ms,
			  err) < 0)
		return -1;
	if (!is_of_run(&key, options->run))
		return error_set(err, ERROR_ABSENT,
				 options->run ? "API key %s is no token of that run"
					      : "API key %s is no run token",
				 key.id);
	write_key(&out, &key, NULL);
	return place_write(&out, err);
}

struct listing {
	const struct options *options;
	struct buf out;
	uint64_t left;
};

static int list_key(void *context, const struct apikey *key, struct error *err)
{
	struct listing *listing = context;
	const struct options *options = listing->options;

	(void)err;
	if (listing->left == 0 || !is_of_run(key, options->run) ||
	    (options->after && strcmp(key->id, options->after) <= 0))
		return 0;
	write_key(&listing->out, key, NULL);
	listing->left--;
	return 0;
}

int cmd_run_token_list(const struct options *options, const struct keyring *keyring,
		       struct error *err)
{
	struct listing listing = { options, BUF_EMPTY, options->limit };
	const struct keyring_visit visit = { list_key, &listing };
	int status = keyring_each(keyring, &visit, err);

	if (status == 0)
		status = place_write(&listing.out, err);
	buf_free(&listing.out);
	return status;
}
