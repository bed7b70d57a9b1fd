#include "lib/vault_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/vault.h"
#include "lib/vault_name.h"

enum { TIMEOUT_MS = 60000, STORES_MAX = 32, HEAD_MAX = 4096, PATH_LEN_MAX = 200 };

#define LIST_MAX ((size_t)64 << 20)

/* <conf>/vault.d before <share>/vault.d. */
static int find_program(char **program, const char *name, const struct layout *layout,
			struct error *err)
{
	auto_free char *own = str_format("%s/vault.d/%s", layout->conf, name);
	auto_free char *ours = str_format("%s/vault.d/%s", layout->share, name);

	if (access(own, X_OK) == 0)
		*program = str_dup(own);
	else if (access(ours, X_OK) == 0)
		*program = str_dup(ours);
	else
		return error_set(err, ERROR_CONFIG,
				 "no store '%s': neither '%s' nor '%s' can be executed",
				 name, own, ours);
	return 0;
}

static bool is_path(const char *path)
{
	const char *rest = path;

	if (strlen(path) > PATH_LEN_MAX)
		return false;
	while (rest)
		if (!vault_is_part(str_split(&rest, '/')))
			return false;
	return true;
}

static int fill(struct vault_store *store, char *word, const struct layout *layout,
		struct error *err)
{
	char *name = strchr(word, '=');
	char *path = name ? strchr(name, ':') : NULL;

	if (!name || name == word)
		return error_set(err, ERROR_CONFIG,
				 "'%s' is no PREFIX=STORE, as installation/=kubernetes",
				 word);
	*name++ = '\0';
	if (path)
		*path++ = '\0';
	if (!path_is_safe_name(name))
		return error_set(err, ERROR_CONFIG, "'%s' is no name of a store", name);
	if (path && !is_path(path))
		return error_set(err, ERROR_CONFIG, "'%s' is no path of names", path);
	store->prefix = str_dup(word);
	store->path = path ? str_format("%s/", path) : str_dup("");
	return find_program(&store->program, name, layout, err);
}

int vault_stores_parse(struct vault_stores *stores, const char *text,
		       const struct layout *layout, struct error *err)
{
	auto_vault_stores struct vault_stores read = VAULT_STORES_NONE;
	struct buf list = BUF_EMPTY;
	const char *rest = text;

	while (rest) {
		struct str_view word = str_split(&rest, ' ');
		auto_free char *copy = str_format("%.*s", (int)word.len, word.data);
		struct vault_store store = { NULL, NULL, NULL };
		int status = 0;

		if (!word.len)
			continue;
		if (read.count == STORES_MAX)
			return error_set(err, ERROR_CONFIG, "more than %d stores",
					 STORES_MAX);
		status = fill(&store, copy, layout, err);
		buf_add(&list, read.items, read.count * sizeof store);
		buf_add(&list, &store, sizeof store);
		free(read.items);
		read.items = (void *)buf_take(&list);
		read.count++;
		if (status < 0)
			return -1;
	}
	*stores = read;
	read = (struct vault_stores)VAULT_STORES_NONE;
	return 0;
}

int vault_stores_read(struct vault_stores *stores, const struct layout *layout,
		      struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	const char *text = NULL;

	if (config_load(&config, layout, err) < 0)
		return -1;
	text = config_get(&config, "HOOKTOOLS_VAULT_STORES");
	if (text && vault_stores_parse(stores, text, layout, err) < 0)
		return error_wrap(err, "HOOKTOOLS_VAULT_STORES");
	return 0;
}

void vault_stores_free(struct vault_stores *stores)
{
	for (size_t i = 0; i < stores->count; i++) {
		free(stores->items[i].prefix);
		free(stores->items[i].program);
		free(stores->items[i].path);
	}
	free(stores->items);
	*stores = (struct vault_stores)VAULT_STORES_NONE;
}

const struct vault_store *vault_stores_find(const struct vault_stores *stores,
					    const char *name)
{
	const struct vault_store *best = NULL;

	for (size_t i = 0; i < stores->count; i++) {
		const struct vault_store *store = &stores->items[i];

		if (str_starts(name, store->prefix) &&
		    (!best || strlen(store->prefix) > strlen(best->prefix)))
			best = store;
	}
	return best;
}

struct question {
	const char *verb;
	const char *name; /* ours */
	struct str_view input;
	size_t limit;
};

/* `PROGRAM VERB PATH/NAME` */
static int call(struct buf *out, const struct vault_store *store,
		const struct question *question, struct error *err)
{
	auto_free char *full = str_format("%s%s", store->path, question->name);
	const char *argv[] = { store->program, question->verb, full, NULL };
	struct process_call process = { .argv = argv,
					.input = question->input,
					.limit = question->limit,
					.timeout_ms = TIMEOUT_MS };

	return process_capture(out, &process, err);
}

/* The number of "WORD NUMBER", when the line begins so. */
static int take_number(int64_t *number, struct str_view line, const char *word,
		       struct error *err)
{
	size_t len = strlen(word);
	auto_free char *digits = NULL;
	uint64_t taken = 0;

	if (line.len <= len || strncmp(line.data, word, len) != 0)
		return 0;
	digits = str_format("%.*s", (int)(line.len - len), line.data + len);
	if (str_to_u64(&taken, digits, 0, INT64_MAX, err) < 0)
		return error_wrap(err, "%s", word);
	*number = (int64_t)taken;
	return 0;
}

int vault_store_take(struct vault_secret *secret, struct str_view answer,
		     struct error *err)
{
	size_t at = 0;

	secret->expires_ms = 0;
	secret->stored_ms = 0;
	for (;;) {
		size_t left = answer.len - at;
		size_t most = left < HEAD_MAX ? left : HEAD_MAX;
		const char *end = most ? memchr(answer.data + at, '\n', most) : NULL;
		struct str_view line = { answer.data + at, 0 };

		if (!end || at > HEAD_MAX)
			return error_set(
				err, ERROR_DATA,
				"its answer has no empty line before the secret");
		line.len = (size_t)(end - line.data);
		at += line.len + 1;
		if (line.len == 0)
			break;
		if (take_number(&secret->expires_ms, line, "expires ", err) < 0 ||
		    take_number(&secret->stored_ms, line, "stored ", err) < 0)
			return -1;
	}
	buf_add(&secret->bytes, answer.data + at, answer.len - at);
	secret->found = true;
	return 0;
}

int vault_store_get(struct vault_secret *secret, const struct vault_store *store,
		    const char *name, struct error *err)
{
	const struct question question = { .verb = "get",
					   .name = name,
					   .limit = VAULT_SECRET_MAX + HEAD_MAX };
	auto_secret struct buf answer = BUF_EMPTY;
	auto_vault_secret struct vault_secret read = VAULT_SECRET_EMPTY;

	if (call(&answer, store, &question, err) < 0) {
		if (err->kind != ERROR_ABSENT)
			return error_wrap(err, "secret '%s'", name);
		vault_secret_wipe(secret);
		return 0;
	}
	if (vault_store_take(&read, (struct str_view){ buf_str(&answer), answer.len },
			     err) < 0)
		return error_wrap(err, "secret '%s' from '%s'", name, store->program);
	vault_secret_wipe(secret);
	*secret = read;
	read = (struct vault_secret)VAULT_SECRET_EMPTY;
	return 0;
}

int vault_store_put(const struct vault_store *store, const char *name,
		    const struct vault_secret *secret, struct error *err)
{
	struct question question = { .verb = "put", .name = name, .limit = HEAD_MAX };
	auto_secret struct buf input = BUF_EMPTY;
	auto_buf struct buf ignored = BUF_EMPTY;

	/* Room for all at once: what buf moves away from would not be wiped. */
	(void)buf_room(&input, secret->bytes.len + 100);
	buf_add_format(&input, "expires %" PRId64 "\nstored %" PRId64 "\n\n",
		       secret->expires_ms, secret->stored_ms);
	buf_add(&input, buf_str(&secret->bytes), secret->bytes.len);
	question.input = (struct str_view){ input.data, input.len };
	if (call(&ignored, store, &question, err) == 0)
		return 0;
	if (err->kind == ERROR_ABSENT)
		err->kind = ERROR_SYSTEM;
	return error_wrap(err, "store secret '%s'", name);
}

int vault_store_delete(bool *found, const struct vault_store *store, const char *name,
		       struct error *err)
{
	const struct question question = { .verb = "delete",
					   .name = name,
					   .limit = HEAD_MAX };
	auto_buf struct buf ignored = BUF_EMPTY;

	*found = true;
	if (call(&ignored, store, &question, err) == 0)
		return 0;
	if (err->kind != ERROR_ABSENT)
		return error_wrap(err, "delete secret '%s'", name);
	*found = false;
	return 0;
}

int vault_store_list(struct buf *names, const struct vault_store *store,
		     const char *prefix, struct error *err)
{
	auto_buf struct buf answer = BUF_EMPTY;
	const char *rest = NULL;
	/* The longer of the two: what is asked for, and what is this store's. */
	const char *wanted =
		strlen(prefix) > strlen(store->prefix) ? prefix : store->prefix;
	const struct question question = { .verb = "list",
					   .name = wanted,
					   .limit = LIST_MAX };

	if (!str_starts(wanted, prefix) || !str_starts(wanted, store->prefix))
		return 0;
	if (call(&answer, store, &question, err) < 0) {
		if (err->kind != ERROR_ABSENT)
			return error_wrap(err, "list secrets");
		return 0;
	}
	for (rest = buf_str(&answer); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *full = str_format("%.*s", (int)line.len, line.data);
		const char *name = full + strlen(store->path);

		if (str_starts(full, store->path) && str_starts(name, wanted) &&
		    vault_is_name(name))
			buf_add_format(names, "%s\n", name);
	}
	return 0;
}
