#include "bin/tokenmint-agent/desk.h"

#include "bin/tokenmint-agent/ask.h"
#include "bin/tokenmint-agent/peer.h"
#include "lib/error.h"
#include "lib/json_write.h"

static const char *kind_name(enum error_kind kind)
{
	static const struct {
		enum error_kind kind;
		const char *name;
	} names[] = {
		{ ERROR_ABSENT, "absent" }, { ERROR_USAGE, "usage" },
		{ ERROR_DATA, "data" },	    { ERROR_TEMPORARY, "temporary" },
		{ ERROR_DENIED, "denied" }, { ERROR_CONFIG, "config" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].kind == kind)
			return names[i].name;
	return "system";
}

void desk_write_error(struct buf *out, const struct error *err)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "error", kind_name(err->kind));
	json_write_string(&writer, "message", err->message);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* Who asks what, and when. */
struct request {
	const struct peer *peer;
	const struct ask *ask;
	int64_t now_ms;
};

static void give(struct buf *out, const struct desk *desk, const struct request *request,
		 struct cache_entry *entry)
{
	buf_add(out, entry->answer.data, entry->answer.len);
	if (cache_gives(entry, request->peer->uid))
		trail_give(&desk->trail, request->peer, entry, request->now_ms);
}

static bool answer_get(struct buf *out, struct desk *desk, const struct request *request,
		       struct cache_entry *entry)
{
	uint64_t min_ttl_s = request->ask->min_ttl_s;
	struct error err = { 0 };

	if (cache_is_fresh(entry, min_ttl_s, request->now_ms)) {
		give(out, desk, request, entry);
		return true;
	}
	if (entry->is_asked)
		return false;
	if (cache_has_failed(entry, request->now_ms)) {
		desk_write_error(out, &entry->failure);
		return true;
	}
	if (fetch_is_full(&desk->fetches))
		return false;
	if (fetch_start(&desk->fetches, entry, min_ttl_s, request->now_ms, &err) == 0)
		return false;
	desk_write_error(out, &err);
	return true;
}

static void answer_reject(struct buf *out, struct cache_entry *entry,
			  const struct ask *ask, int64_t now_ms)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "dropped", cache_reject(entry, ask->refused, now_ms));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static bool answer(struct buf *out, struct desk *desk, const struct peer *peer,
		   const struct ask *ask, int64_t now_ms)
{
	const struct request request = { peer, ask, now_ms };
	auto_buf struct buf key = BUF_EMPTY;
	struct cache_entry *entry = NULL;
	struct error err = { 0 };

	if (policy_decide(&key, &desk->policy, peer, ask, &err) < 0) {
		trail_refuse(&desk->trail, peer, &err, ask->name, now_ms);
		desk_write_error(out, &err);
		return true;
	}
	entry = cache_get(&desk->cache, &key, now_ms);
	if (!entry)
		return false;
	if (ask->verb == ASK_REJECT) {
		answer_reject(out, entry, ask, now_ms);
		return true;
	}
	if (ask->refused.len > 0 && !entry->is_asked)
		(void)cache_reject(entry, ask->refused, now_ms);
	return answer_get(out, desk, &request, entry);
}

bool desk_answer(struct buf *out, struct desk *desk, const struct peer *peer,
		 struct str_view line, int64_t now_ms)
{
	struct ask ask = { .verb = ASK_GET };
	struct error err = { 0 };

	if (ask_read(&ask, line, &err) < 0) {
		desk_write_error(out, &err);
		return true;
	}
	return answer(out, desk, peer, &ask, now_ms);
}

void desk_close(struct desk *desk)
{
	fetch_stop(&desk->fetches);
	cache_free(&desk->cache);
	policy_free(&desk->policy);
}
