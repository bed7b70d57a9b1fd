#include "bin/hookrecv/explain.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/rotation.h"
#include "bin/hookrecv/span.h"
#include "bin/hookrecv/stored.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/registry.h"

enum key_state { KEY_GONE, KEY_PRESENT, KEY_OLD, KEY_ENDED };

static const char *const key_states[] = {
	[KEY_GONE] = "known no more",
	[KEY_PRESENT] = "the present one",
	[KEY_OLD] = "an old one that is still good",
	[KEY_ENDED] = "an old one that has ended",
};

/* What an accepted event tells, and what is known around it. */
struct facts {
	const struct stored *stored;
	const struct provider *provider; /* NULL when it is described no more */
	struct str_view payload;
	char sha256[2 * CRYPTO_SHA256_LEN + 1];
	int64_t received_ms;
	bool has_time;
	int64_t skew_ms;
	bool is_registered;
	enum key_state key;
};

/* The file's time is of the kernel's last tick, and may be before ours. */
static int64_t written_after(const struct facts *facts)
{
	int64_t after_ms = facts->stored->written_ms - facts->received_ms;

	return after_ms > 0 ? after_ms : 0;
}

static char *copy_member(const struct stored *stored, const char *name)
{
	struct str_view value = stored_member(stored, name);

	return str_format("%.*s", (int)value.len, value.data);
}

static void find_facts(struct facts *facts, const struct stored *stored,
		       struct providers *providers)
{
	struct str_view line = { buf_str(&stored->line), stored->line.len };
	auto_free char *provider = copy_member(stored, "provider");
	auto_free char *received = copy_member(stored, "received_at");
	uint8_t digest[CRYPTO_SHA256_LEN];
	struct error ignored = { 0 };

	facts->stored = stored;
	if (providers_find(&facts->provider, providers, provider, &ignored) < 0)
		facts->provider = NULL;
	(void)date_parse(&facts->received_ms, received);
	(void)json_scan_member(&facts->payload, line, "payload");
	crypto_sha256(digest, facts->payload.data, facts->payload.len);
	hex_encode(facts->sha256, digest, sizeof(digest));
	facts->has_time = stored_skew(&facts->skew_ms, stored, facts->provider);
}

/* Which of the hook's secrets bears that name? */
static enum key_state find_key(const struct rotation *rotation,
			       const struct registry_hook *hook, int64_t since_ms)
{
	int64_t present_ms = rotation->since_ms ? rotation->since_ms : hook->created_ms;
	int64_t now_ms = date_now_ms();
	size_t i;

	if (since_ms == present_ms)
		return KEY_PRESENT;
	for (i = 0; i < rotation->count; i++) {
		if (rotation->old[i].since_ms == since_ms)
			return now_ms < rotation->old[i].until_ms ? KEY_OLD : KEY_ENDED;
	}
	return KEY_GONE;
}

static int look_up(struct facts *facts, const struct layout *layout, struct error *err)
{
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_free char *id = copy_member(facts->stored, "hook");
	auto_free char *key = copy_member(facts->stored, "key");
	struct rotation rotation = { 0 };
	int64_t since_ms = 0;

	if (registry_open(&registry, layout, err) < 0 ||
	    registry_find(&hook, &facts->is_registered, &registry, id, err) < 0)
		return -1;
	if (!facts->is_registered || !date_parse(&since_ms, key))
		return 0;
	if (rotation_read(&rotation, layout->state, hook.id, err) < 0)
		return -1;
	facts->key = find_key(&rotation, &hook, since_ms);
	return 0;
}

static void add_headers(struct buf *out, const struct provider *provider)
{
	size_t i;

	for (i = 0; provider && i < PROVIDER_SCHEMES && provider->schemes[i].header; i++)
		buf_add_format(out, "%s%s", i ? ", " : "", provider->schemes[i].header);
}

static void write_json(struct buf *out, const struct facts *facts)
{
	static const char *const names[] = { "id",	 "hook",	"name",
					     "provider", "event",	"delivery",
					     "remote",	 "received_at", "key" };
	const struct stored *stored = facts->stored;
	struct json_writer writer = JSON_WRITER(out);
	struct str_view line = { buf_str(&stored->line), stored->line.len };
	auto_buf struct buf headers = BUF_EMPTY;
	size_t i;

	json_write_object(&writer, NULL);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str_view value = { "null", 4 };

		(void)json_scan_member(&value, line, names[i]);
		json_write_raw(&writer, names[i], value.data, value.len);
	}
	add_headers(&headers, facts->provider);
	json_write_string(&writer, "key_state", key_states[facts->key]);
	json_write_bool(&writer, "registered", facts->is_registered);
	json_write_string(&writer, "signature_headers", buf_str(&headers));
	json_write_u64(&writer, "payload_bytes", facts->payload.len);
	json_write_string(&writer, "payload_sha256", facts->sha256);
	if (facts->has_time)
		json_write_i64(&writer, "skew_ms", facts->skew_ms);
	json_write_string(&writer, "folder", stored->folder);
	json_write_string(&writer, "file", stored->file);
	json_write_u64(&writer, "events_in_file", stored->together);
	if (stored->written_ms)
		json_write_i64(&writer, "written_after_ms", written_after(facts));
	json_write_bool(&writer, "deduplicated", stored_member(stored, "delivery").len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void say_key(struct buf *out, const struct facts *facts)
{
	struct str_view key = stored_member(facts->stored, "key");
	auto_buf struct buf headers = BUF_EMPTY;

	add_headers(&headers, facts->provider);
	if (facts->provider && facts->provider->open)
		buf_add_str(out, "key       none: this provider verifies nothing\n");
	else
		buf_add_format(out, "key       of %.*s, %s; by %s\n", (int)key.len,
			       key.data, key_states[facts->key], buf_str(&headers));
}

static void say_disk(struct buf *out, const struct facts *facts)
{
	const struct stored *stored = facts->stored;
	char span[SPAN_LEN];

	buf_add_format(out, "disk      %s/%s, %u events in the file", stored->folder,
		       stored->file, stored->together);
	if (stored->written_ms) {
		span_format(span, written_after(facts));
		buf_add_format(out, ", written %s after it was received", span);
	}
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct facts *facts)
{
	static const struct {
		const char *label;
		const char *member;
	} lines[] = {
		{ "event", "event" },	    { "delivery", "delivery" },
		{ "hook", "hook" },	    { "name", "name" },
		{ "provider", "provider" }, { "received", "received_at" },
		{ "from", "remote" },
	};
	char span[SPAN_LEN];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct str_view value = stored_member(facts->stored, lines[i].member);

		buf_add_format(out, "%-8s  %.*s\n", lines[i].label, (int)value.len,
			       value.data);
	}
	if (!facts->is_registered)
		buf_add_str(out, "hook      it was removed since\n");
	say_key(out, facts);
	span_format(span, facts->skew_ms);
	if (facts->has_time)
		buf_add_format(out, "time      received %s %s it was signed\n", span,
			       facts->skew_ms < 0 ? "before" : "after");
	buf_add_format(out, "payload   %zu bytes, sha256 %s\n", facts->payload.len,
		       facts->sha256);
	say_disk(out, facts);
	buf_add_format(out, "verdict   accepted as new: %s\n",
		       stored_member(facts->stored, "delivery").len
			       ? "its delivery id was not known; another with it is a "
				 "duplicate"
			       : "its sender names no delivery, so none can be a "
				 "duplicate");
}

int explain_event(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	auto_providers struct providers providers = PROVIDERS_NONE;
	auto_stored struct stored stored = STORED_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	struct facts facts = { .stored = NULL };
	bool found = false;

	if (!options->operand || !uuid_is_valid(options->operand))
		return error_set(err, ERROR_USAGE, "explain wants an event's id");
	if (spool_open(&spool, path, err) < 0 ||
	    stored_find(&stored, &found, &spool, options->operand, err) < 0)
		return -1;
	if (!found)
		return error_set(
			err, ERROR_ABSENT,
			"no event '%s' in the spool: what was refused is told by "
			"hookrecv explain --trace",
			options->operand);
	providers_open(&providers, layout);
	find_facts(&facts, &stored, &providers);
	if (look_up(&facts, layout, err) < 0)
		return -1;
	if (options->json || !isatty(STDOUT_FILENO))
		write_json(&out, &facts);
	else
		write_text(&out, &facts);
	return print_out(&out, err);
}
