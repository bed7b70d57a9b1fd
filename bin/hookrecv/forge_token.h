#ifndef BIN_HOOKRECV_FORGE_TOKEN_H
#define BIN_HOOKRECV_FORGE_TOKEN_H

struct buf;
struct error;
struct layout;
struct registry_hook;

/*
 * A token for the API where the hook is: from tokenmint(1) by a pipe, or one that lies in the
 * vault.  ERROR_DENIED when there is no App for it, ERROR_CONFIG when none is in the vault.
 */
int forge_token(struct buf *token, const struct registry_hook *hook,
		const struct layout *layout, struct error *err);

#endif
