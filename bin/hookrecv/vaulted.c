#include "bin/hookrecv/vaulted.h"

#include "bin/hookrecv/rotation.h"
#include "lib/cleanup.h"
#include "lib/registry.h"
#include "lib/vault.h"

_Static_assert((int)DIAGNOSE_OLD == (int)ROTATION_OLD, "as many old secrets");

static int read_old(struct vaulted *vaulted, const struct vault *vault, const char *id,
		    const struct rotation *rotation, struct error *err)
{
	size_t i;

	for (i = 0; i < rotation->count; i++) {
		auto_vault_secret struct vault_secret stored = VAULT_SECRET_EMPTY;
		auto_free char *name = rotation_secret_name(id, i);
		struct vaulted_old *old = &vaulted->old[vaulted->count];

		if (vault_get(&stored, vault, name, err) < 0)
			return -1;
		if (!stored.found)
			continue;
		buf_add(&old->secret, buf_str(&stored.bytes), stored.bytes.len);
		old->since_ms = rotation->old[i].since_ms;
		old->until_ms = rotation->old[i].until_ms;
		vaulted->count++;
	}
	return 0;
}

int vaulted_read(struct vaulted *vaulted, const struct vault *vault, const char *state,
		 const struct registry_hook *hook, struct error *err)
{
	auto_vault_secret struct vault_secret now = VAULT_SECRET_EMPTY;
	auto_free char *name = registry_secret_name(hook->id);
	struct rotation rotation = { 0 };

	if (rotation_read(&rotation, state, hook->id, err) < 0 ||
	    vault_get(&now, vault, name, err) < 0)
		return -1;
	buf_add(&vaulted->secret, buf_str(&now.bytes), now.bytes.len);
	vaulted->since_ms = rotation.since_ms ? rotation.since_ms : hook->created_ms;
	return read_old(vaulted, vault, hook->id, &rotation, err);
}

void vaulted_wipe(struct vaulted *vaulted)
{
	size_t i;

	buf_wipe(&vaulted->secret);
	for (i = 0; i < DIAGNOSE_OLD; i++)
		buf_wipe(&vaulted->old[i].secret);
	vaulted->count = 0;
}

static struct str_view view(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

void vaulted_hand(struct diagnose_request *request, const struct vaulted *vaulted)
{
	size_t i;

	request->opening.secret = view(&vaulted->secret);
	request->old_count = vaulted->count;
	for (i = 0; i < vaulted->count; i++)
		request->old[i] = (struct diagnose_old){ view(&vaulted->old[i].secret),
							 vaulted->old[i].since_ms,
							 vaulted->old[i].until_ms };
}
