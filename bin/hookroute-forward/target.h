#ifndef BIN_HOOKROUTE_FORWARD_TARGET_H
#define BIN_HOOKROUTE_FORWARD_TARGET_H

#include <stdint.h>

#include "lib/http_client.h"
#include "lib/str.h"
#include "lib/vault.h"

struct error;
struct layout;
struct options;

/* Where to post, and what to sign with: only from the command line and the vault, never from
 * a value. */
struct target {
	const struct options *options;
	struct http_client client;
	struct vault vault; /* opened when something of it is needed */
};

#define TARGET_NONE                                                                      \
	{                                                                                \
		NULL, HTTP_CLIENT_NONE, VAULT_NONE                                       \
	}
#define auto_target __attribute__((cleanup(target_close)))

int target_open(struct target *target, const struct options *options,
		const struct layout *layout, struct error *err);
void target_close(struct target *target);

/* What was answered to a post that was not taken. */
struct target_answer {
	int64_t after_s; /* it wants to be left alone for so long; 0: it does not say */
};

/*
 * Post a body, with webhook-id and the other headers of Standard Webhooks if there is a key.
 * A status of 2xx is fine.  ERROR_TEMPORARY where a later try may help, else ERROR_DATA; the
 * message never has an url of the vault in it.
 */
int target_post(struct target_answer *answer, struct target *target, const char *id,
		struct str_view body, struct error *err);

#endif
