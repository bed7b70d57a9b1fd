#include "bin/hookrecv/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/registry.h"

enum { KEEP_MS = 1000 };

int keyring_open(struct keyring *ring, const struct layout *layout, struct error *err)
{
	if (vault_open_layout(&ring->vault, layout, err) < 0)
		return -1;
	ring->state = str_dup(layout->state);
	return 0;
}

void keyring_close(struct keyring *ring)
{
	keyring_forget(ring, INT64_MAX);
	vault_close(&ring->vault);
	free(ring->state);
	ring->state = NULL;
}

static void wipe(struct keyring_keys *keys)
{
	size_t i;

	for (i = 0; i < KEYRING_KEYS; i++) {
		struct keyring_key *key = &keys->keys[i];

		buf_wipe(&key->secret);
		leak_forget(key->spellings);
	}
	keys->count = 0;
	keys->hook[0] = '\0';
}

void keyring_forget(struct keyring *ring, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < KEYRING_HOOKS; i++) {
		struct keyring_keys *keys = &ring->hooks[i];

		if (keys->hook[0] &&
		    (now_ms - keys->at_ms >= KEEP_MS || now_ms < keys->at_ms))
			wipe(keys);
	}
}

static int add(struct keyring_keys *keys, struct keyring *ring, const char *name,
	       int64_t since_ms, struct error *err)
{
	auto_vault_secret struct vault_secret stored = VAULT_SECRET_EMPTY;
	struct keyring_key *key = &keys->keys[keys->count];

	if (vault_get(&stored, &ring->vault, name, err) < 0)
		return -1;
	if (!stored.found || (stored.expires_ms && keys->at_ms >= stored.expires_ms))
		return 0;
	buf_add(&key->secret, buf_str(&stored.bytes), stored.bytes.len);
	leak_spell(key->spellings, &key->secret);
	key->since_ms = since_ms;
	keys->count++;
	return 0;
}

static int unseal(struct keyring_keys *keys, struct keyring *ring,
		  const struct registry_hook *hook, struct error *err)
{
	auto_free char *name = registry_secret_name(hook->id);
	struct rotation rotation = { 0 };
	size_t i;

	if (rotation_read(&rotation, ring->state, hook->id, err) < 0 ||
	    add(keys, ring, name,
		rotation.since_ms ? rotation.since_ms : hook->created_ms, err) < 0)
		return -1;
	for (i = 0; i < rotation.count; i++) {
		auto_free char *old = rotation_secret_name(hook->id, i);

		if (add(keys, ring, old, rotation.old[i].since_ms, err) < 0)
			return -1;
	}
	return 0;
}

/* Where the hook's keys are, or a free place, or that of the hook unsealed first. */
static struct keyring_keys *place(struct keyring *ring, const char *id)
{
	struct keyring_keys *best = ring->hooks;
	size_t i;

	for (i = 0; i < KEYRING_HOOKS; i++) {
		struct keyring_keys *keys = &ring->hooks[i];

		if (str_equal(keys->hook, id))
			return keys;
		if (best->hook[0] && (!keys->hook[0] || keys->at_ms < best->at_ms))
			best = keys;
	}
	wipe(best);
	return best;
}

int keyring_find(const struct keyring_keys **found, struct keyring *ring,
		 const struct registry_hook *hook, int64_t now_ms, struct error *err)
{
	struct keyring_keys *keys = place(ring, hook->id);

	*found = keys;
	if (keys->hook[0])
		return 0;
	keys->at_ms = now_ms;
	if (unseal(keys, ring, hook, err) < 0) {
		wipe(keys);
		return -1;
	}
	memcpy(keys->hook, hook->id, UUID_LEN);
	return 0;
}
