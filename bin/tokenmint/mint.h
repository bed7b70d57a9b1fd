#ifndef BIN_TOKENMINT_MINT_H
#define BIN_TOKENMINT_MINT_H

#include <stdint.h>

#include "bin/tokenmint/api.h"
#include "lib/layout.h"
#include "lib/vault.h"

struct error;

/* What every command works with: where things are, the open vault, and the helper program
 * that speaks HTTP (started when it is first needed). */
struct mint {
	struct layout layout;
	struct vault vault;
	struct api api;
	int64_t clock_offset_ms; /* GitHub's clock minus ours, once it was seen to matter */
	uint64_t limited_s; /* GitHub's last answer: come back after so many seconds */
};

#define MINT_NONE                                                                        \
	{                                                                                \
		LAYOUT_EMPTY, VAULT_NONE, API_NONE, 0, 0                                 \
	}
#define auto_mint __attribute__((cleanup(mint_close)))

int mint_open(struct mint *mint, struct error *err);
void mint_close(struct mint *mint);

#endif
