#include "bin/tokenmint-agent/trail.h"

#include <string.h>

#include "bin/tokenmint-agent/cache.h"
#include "bin/tokenmint-agent/peer.h"
#include "lib/audit.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"

#define WINDOW_MS 60000
#define WINDOW_LINES 10

static void write_peer(struct audit *audit, const struct peer *peer)
{
	json_write_u64(&audit->writer, "uid", peer->uid);
	json_write_u64(&audit->writer, "pid", (uint64_t)peer->pid);
}

static void append(struct audit *audit, const struct trail *trail)
{
	struct error err = { 0 };

	if (audit_write(audit, trail->layout, &err) < 0)
		log_warning("%s, ignoring", err.message); /* the log has the rest */
}

void trail_give(const struct trail *trail, const struct peer *peer,
		const struct cache_entry *entry, int64_t now_ms)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };
	char date[DATE_LEN] = "";

	if (!trail->layout)
		return;
	date_format(date, entry->expires_ms);
	audit_start(&audit, "give", now_ms);
	write_peer(&audit, peer);
	json_write_array(&audit.writer, "scope");
	for (size_t at = 0; at < entry->key.len; at += strlen(entry->key.data + at) + 1)
		json_write_string(&audit.writer, NULL, entry->key.data + at);
	json_write_array_end(&audit.writer);
	json_write_string(&audit.writer, "hashed_token", entry->token_hash);
	json_write_string(&audit.writer, "expires_at", date);
	append(&audit, trail);
}

/* The user's account; who comes when all are taken takes the oldest. */
static struct trail_user *find_user(struct trail *trail, uid_t uid)
{
	struct trail_user *oldest = &trail->users[0];

	for (size_t i = 0; i < trail->count; i++) {
		if (trail->users[i].uid == uid)
			return &trail->users[i];
		if (trail->users[i].since_ms < oldest->since_ms)
			oldest = &trail->users[i];
	}
	if (trail->count < TRAIL_USERS)
		oldest = &trail->users[trail->count++];
	*oldest = (struct trail_user){ .uid = uid };
	return oldest;
}

void trail_refuse(struct trail *trail, const struct peer *peer, const struct error *why,
		  struct str_view name, int64_t now_ms)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };
	struct trail_user *user = NULL;

	if (!trail->layout)
		return;
	user = find_user(trail, peer->uid);
	if (now_ms - user->since_ms >= WINDOW_MS || now_ms < user->since_ms) {
		user->since_ms = now_ms;
		user->written = 0;
	}
	if (user->written++ >= WINDOW_LINES) {
		user->suppressed++;
		return;
	}
	audit_start(&audit, "refuse", now_ms);
	write_peer(&audit, peer);
	json_write_bytes(&audit.writer, "asked", name.data, name.len);
	json_write_string(&audit.writer, "reason", why->message);
	json_write_u64(&audit.writer, "suppressed", user->suppressed);
	user->suppressed = 0;
	append(&audit, trail);
	log_notice("uid %u is refused: %s", (unsigned)peer->uid, why->message);
}
