#ifndef BIN_HOOKRECV_DOCTOR_H
#define BIN_HOOKRECV_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/config.h"
#include "lib/registry.h"
#include "lib/spool.h"
#include "lib/vault.h"

struct layout;
struct options;

/*
 * What may be wrong with a receiver, looked at from outside while it runs.  A check says
 * what it found, and what to type next where something is wrong; it makes nothing that
 * stays, so that root may look at what belongs to another user.
 */
struct doctor {
	const struct options *options;
	const struct layout *layout;
	int64_t now_ms;
	bool json;
	const char *check; /* the one that is speaking */
	unsigned failures;
	unsigned warnings;
	struct buf out;
	/* What one check has opened and the next ones look into. */
	struct config config;
	struct registry_hooks hooks;
	struct vault vault;
	struct spool spool;
};

#define DOCTOR_NONE                                                                      \
	{                                                                                \
		.out = BUF_EMPTY, .config = CONFIG_EMPTY, .hooks = REGISTRY_HOOKS_EMPTY, \
		.vault = VAULT_NONE, .spool = SPOOL_NONE                                 \
	}

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* One line.  next: what to type or to read, NULL when all is well. */
void doctor_say(struct doctor *doctor, enum doctor_state state, const char *next,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

typedef void doctor_fn(struct doctor *doctor);

/* Where things are. */
doctor_fn doctor_conf, doctor_state_dir, doctor_key, doctor_spool, doctor_disk;
/* The hooks and their secrets. */
doctor_fn doctor_registry, doctor_secrets, doctor_providers, doctor_rotations;
/* What comes in and goes out. */
doctor_fn doctor_waiting, doctor_bans, doctor_refusals;
/* The machine around it. */
doctor_fn doctor_clock, doctor_files, doctor_reach;

#endif
