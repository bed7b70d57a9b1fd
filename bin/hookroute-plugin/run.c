#include "bin/hookroute-plugin/run.h"

#include <string.h>

#include "bin/hookroute-plugin/lookup.h"
#include "bin/hookroute-plugin/occasion.h"
#include "bin/hookroute-plugin/setting.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/hex.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/uuid.h"

const char *run_setting(const struct run *run, const char *key)
{
	size_t count = 0;
	const struct registry_setting *list =
		lookup_settings(&count, run->lookup, run->plugin->name);
	const char *found = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct registry_setting *setting = &list[i];

		if (!str_equal(setting->key, key))
			continue;
		if (setting->repository &&
		    str_equal(setting->repository, run->repository))
			return setting->value;
		if (!setting->repository)
			found = setting->value;
	}
	return found;
}

/* The occasion's time, so that jobs sort by it, and for the rest a digest. */
static void make_id(char id[static UUID_LEN], const struct run *run)
{
	auto_buf struct buf text = BUF_EMPTY;
	uint8_t digest[CRYPTO_SHA256_LEN];
	char hex[CRYPTO_SHA256_LEN * 2 + 1];

	buf_add(&text, run->occasion->id.data, run->occasion->id.len);
	buf_add_char(&text, ' ');
	buf_add_str(&text, run->plugin->name);
	crypto_sha256(digest, text.data, text.len);
	hex_encode(hex, digest, sizeof(digest));
	memcpy(id, run->occasion->id.data, UUID_LEN - 1);
	id[UUID_LEN - 1] = '\0';
	/* xxxxxxxx-xxxx-Vddd-8ddd-dddddddddddd: V is the version as it was. */
	memcpy(id + 15, hex, 3);
	id[19] = '8';
	memcpy(id + 20, hex + 3, 3);
	memcpy(id + 24, hex + 6, 12);
}

static void write_view(struct json_writer *writer, const char *key, struct str_view view)
{
	if (view.len)
		json_write_bytes(writer, key, view.data, view.len);
}

/* A string of the event as it is written there; null says nothing. */
static void write_member(struct json_writer *writer, const char *key,
			 struct str_view event, const char *member)
{
	struct str_view value = { NULL, 0 };

	if (json_scan_member(&value, event, member) && value.len && value.data[0] == '"')
		json_write_raw(writer, key, value.data, value.len);
}

static bool is_for(const struct registry_setting *setting, const struct run *run,
		   bool is_secret)
{
	return setting->is_secret == is_secret && setting_is_variable(setting->key) &&
	       (!setting->repository || str_equal(setting->repository, run->repository));
}

static void write_settings(struct json_writer *writer, const struct run *run,
			   bool is_secret)
{
	size_t count = 0;
	const struct registry_setting *list =
		lookup_settings(&count, run->lookup, run->plugin->name);
	size_t i;

	for (i = 0; i < count; i++) {
		auto_free char *variable = NULL;

		if (!is_for(&list[i], run, is_secret))
			continue;
		variable = str_format("%s%s", setting_prefix(&list[i]), list[i].key);
		json_write_string(writer, variable, list[i].value);
	}
}

static void write_environment(struct json_writer *writer, const struct run *run,
			      const char *version)
{
	const struct occasion *occasion = run->occasion;

	json_write_object(writer, "env");
	write_settings(writer, run, false);
	json_write_string(writer, "HOOKTOOLS_PLUGIN", run->plugin->name);
	json_write_string(writer, "HOOKTOOLS_PLUGIN_VERSION", version);
	write_view(writer, "HOOKTOOLS_EVENT", occasion->word);
	write_view(writer, "HOOKTOOLS_KIND", occasion->kind);
	write_view(writer, "HOOKTOOLS_PROVIDER", occasion->provider);
	write_member(writer, "HOOKTOOLS_DELIVERY", occasion->event, "delivery");
	write_member(writer, "HOOKTOOLS_RECEIVED_AT", occasion->event, "received_at");
	json_write_object_end(writer);
	json_write_object(writer, "secrets");
	write_settings(writer, run, true);
	json_write_object_end(writer);
}

static void write_words(struct json_writer *writer, const struct run *run,
			const char *const *words)
{
	for (; *words; words++) {
		const char *value = run_setting(run, *words);

		if (value)
			json_write_string(writer, *words, value);
	}
}

static void write_limits(struct json_writer *writer, const struct run *run)
{
	static const char *const own[] = { "timeout", "grace", "dir", NULL };
	static const char *const limits[] = { "cpu", "memory", "pids", NULL };

	write_words(writer, run, own);
	json_write_object(writer, "limits");
	write_words(writer, run, limits);
	json_write_object_end(writer);
}

static void write_program(struct json_writer *writer, const struct run *run,
			  const char *full_name)
{
	auto_free char *path = store_path(run->lookup->store, run->plugin);

	json_write_array(writer, "exec");
	json_write_string(writer, NULL, run->program);
	json_write_string(writer, NULL, full_name);
	json_write_string(writer, NULL, run->plugin->digest);
	json_write_string(writer, NULL, path);
	json_write_array_end(writer);
}

void run_write(struct buf *out, const struct run *run)
{
	const struct occasion *occasion = run->occasion;
	struct json_writer writer = JSON_WRITER(out);
	auto_free char *full_name = NULL;
	struct str_view payload = { NULL, 0 };
	char version[VERSION_LEN];
	char id[UUID_LEN];

	make_id(id, run);
	version_format(version, &run->plugin->version);
	full_name = str_format("%s@%s", run->plugin->name, version);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	json_write_string(&writer, "name", full_name);
	write_program(&writer, run, full_name);
	write_environment(&writer, run, version);
	write_limits(&writer, run);
	write_view(&writer, "event_id", occasion->event_id);
	write_view(&writer, "repository", occasion->repository);
	if (json_scan_member(&payload, occasion->event, "payload"))
		json_write_raw(&writer, "payload", payload.data, payload.len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}
