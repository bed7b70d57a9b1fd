#ifndef BIN_TOKENMINT_MINT_H
#define BIN_TOKENMINT_MINT_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint/api.h"
#include "bin/tokenmint/home.h"
#include "lib/layout.h"
#include "lib/vault.h"

struct error;

/* GitHub's clock minus ours, once an answer has told it; of one API. */
struct clock {
	char home[HOME_LABEL_LEN];
	int64_t offset_ms;
	bool is_told; /* that it is far off */
};

/* What every command works with: where things are, the open vault, and the helper program
 * that speaks HTTP (started when it is first needed). */
struct mint {
	struct layout layout;
	struct vault vault;
	struct api api;
	struct clock clock;
	uint64_t
		stands_s; /* how long GitHub's last answer, a refusal, is as good as asked anew */
};

#define MINT_NONE                                                                        \
	{                                                                                \
		LAYOUT_EMPTY, VAULT_NONE, API_NONE, { "", 0, false }, 0                  \
	}
#define auto_mint __attribute__((cleanup(mint_close)))

int mint_open(struct mint *mint, struct error *err);
void mint_close(struct mint *mint);

#endif
