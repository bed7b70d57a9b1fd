#include "bin/hookrecv/print.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/forge.h"
#include "bin/hookrecv/rotation.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/registry.h"

int print_out(const struct buf *text, struct error *err)
{
	return file_write(STDOUT_FILENO, buf_str(text), text->len, "standard output",
			  err);
}

static void write_date(struct json_writer *writer, const char *name, int64_t ms)
{
	char date[DATE_LEN];

	date_format(date, ms);
	json_write_string(writer, name, ms ? date : NULL);
}

static void write_rotation(struct json_writer *writer, const struct rotation *rotation)
{
	size_t i;

	if (!rotation || !rotation->since_ms)
		return;
	write_date(writer, "rotated_at", rotation->since_ms);
	write_date(writer, "old_secret_until", rotation->old[0].until_ms);
	write_date(writer, "old_secret_used_at", rotation->old[0].used_ms);
	json_write_array(writer, "old_secrets");
	for (i = 0; i < rotation->count; i++) {
		json_write_object(writer, NULL);
		write_date(writer, "key", rotation->old[i].since_ms);
		write_date(writer, "until", rotation->old[i].until_ms);
		write_date(writer, "used_at", rotation->old[i].used_ms);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void print_rotation(struct buf *out, const struct rotation *rotation)
{
	char since[DATE_LEN];
	char until[DATE_LEN];
	char used[DATE_LEN];
	size_t i;

	if (!rotation || !rotation->since_ms)
		return;
	date_format(since, rotation->since_ms);
	buf_add_format(out, "rotated:  %s\n", since);
	for (i = 0; i < rotation->count; i++) {
		const struct rotation_key *old = &rotation->old[i];

		date_format(since, old->since_ms);
		date_format(until, old->until_ms);
		date_format(used, old->used_ms);
		buf_add_format(out,
			       "old secret of %s\n  good until: %s\n  last used:  %s\n",
			       since, until, old->used_ms ? used : "never");
	}
}

/* The forge's id of a hook is the end of its path; an App's only hook has none. */
static const char *forge_id(const struct registry_hook *hook)
{
	const char *slash = strrchr(hook->forge, '/');

	return hook->app || !slash ? NULL : slash + 1;
}

static void write_forge(struct json_writer *writer, const struct registry_hook *hook,
			const struct forge_state *state)
{
	if (hook->forge) {
		json_write_string(writer, "forge", hook->forge);
		json_write_string(writer, "forge_id", forge_id(hook));
	}
	if (hook->app)
		json_write_string(writer, "app", hook->app);
	if (!state)
		return;
	json_write_object(writer, "forge_state");
	json_write_bool(writer, "found", state->found);
	if (state->found) {
		json_write_bool(writer, "active", state->active);
		json_write_string(writer, "state", state->state);
		json_write_string(writer, "url", state->url);
	}
	json_write_object_end(writer);
}

static void print_forge(struct buf *out, const struct registry_hook *hook,
			const struct forge_state *state)
{
	if (hook->forge)
		buf_add_format(out, "forge:    %s\n", hook->forge);
	if (hook->app)
		buf_add_format(out, "app:      %s\n", hook->app);
	if (state && state->found)
		buf_add_format(out, "at forge: %s, %s, sends to %s\n",
			       state->active ? "active" : "not active",
			       state->state ? state->state : "?",
			       state->url ? state->url : "?");
}

static void write_json(struct buf *out, const struct registry_hook *hook,
		       const char *secret, const struct print_facts *facts)
{
	struct json_writer writer = JSON_WRITER(out);
	char created[DATE_LEN];
	char path[sizeof("/hook/") + UUID_LEN];

	date_format(created, hook->created_ms);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", hook->id);
	json_write_string(&writer, "name", hook->name);
	json_write_string(&writer, "provider", hook->provider);
	snprintf(path, sizeof(path), "/hook/%s", hook->id);
	json_write_string(&writer, "path", path);
	json_write_string(&writer, "url", hook->url);
	json_write_u64(&writer, "max_body", hook->max_body);
	json_write_bool(&writer, "enabled", hook->enabled);
	json_write_string(&writer, "created_at", created);
	write_rotation(&writer, facts ? facts->rotation : NULL);
	write_forge(&writer, hook, facts ? facts->state : NULL);
	if (secret && *secret)
		json_write_string(&writer, "secret", secret);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

void print_hook(struct buf *out, const struct registry_hook *hook,
		const struct print_facts *facts, bool json)
{
	char created[DATE_LEN];

	if (json) {
		write_json(out, hook, NULL, facts);
		return;
	}
	date_format(created, hook->created_ms);
	buf_add_format(out,
		       "id:       %s\nname:     %s\nprovider: %s\npath:     /hook/%s\n",
		       hook->id, hook->name, hook->provider, hook->id);
	if (hook->url)
		buf_add_format(out, "url:      %s\n", hook->url);
	buf_add_format(out, "max-body: %ju\nenabled:  %s\ncreated:  %s\n",
		       (uintmax_t)hook->max_body, hook->enabled ? "yes" : "no", created);
	print_rotation(out, facts ? facts->rotation : NULL);
	print_forge(out, hook, facts ? facts->state : NULL);
}

int print_new_hook(const struct registry_hook *hook, const char *secret, bool json,
		   struct error *err)
{
	auto_secret struct buf out = BUF_EMPTY;

	if (json) {
		write_json(&out, hook, secret, NULL);
		return print_out(&out, err);
	}
	buf_add_format(&out,
		       "id:       %s\nname:     %s\nprovider: %s\npath:     /hook/%s\n",
		       hook->id, hook->name, hook->provider, hook->id);
	if (hook->url)
		buf_add_format(&out, "url:      %s/hook/%s\n", hook->url, hook->id);
	print_forge(&out, hook, NULL);
	if (secret && *secret)
		buf_add_format(&out, "secret:   %s\n", secret);
	return print_out(&out, err);
}
