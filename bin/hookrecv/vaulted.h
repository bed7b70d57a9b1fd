#ifndef BIN_HOOKRECV_VAULTED_H
#define BIN_HOOKRECV_VAULTED_H

#include <stddef.h>
#include <stdint.h>

#include "bin/hookrecv/diagnose.h"
#include "lib/buf.h"

struct error;
struct registry_hook;
struct vault;

/* Every secret of a hook that the vault still holds, also those whose time is over: to tell
 * a person which one a forge signs with, and never to verify an event. */
struct vaulted_old {
	struct buf secret;
	int64_t since_ms;
	int64_t until_ms;
};

struct vaulted {
	struct buf secret; /* the present one */
	int64_t since_ms;
	size_t count;
	struct vaulted_old old[DIAGNOSE_OLD];
};

#define VAULTED_EMPTY                                                                    \
	{                                                                                \
		.secret = BUF_EMPTY                                                      \
	}
#define auto_vaulted __attribute__((cleanup(vaulted_wipe)))

int vaulted_read(struct vaulted *vaulted, const struct vault *vault, const char *state,
		 const struct registry_hook *hook, struct error *err);
void vaulted_wipe(struct vaulted *vaulted);

/* Put them into what is asked of diagnose(); vaulted must stay where it is. */
void vaulted_hand(struct diagnose_request *request, const struct vaulted *vaulted);

#endif
