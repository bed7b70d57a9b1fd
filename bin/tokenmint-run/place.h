#ifndef BIN_TOKENMINT_RUN_PLACE_H
#define BIN_TOKENMINT_RUN_PLACE_H

#include "lib/apikey.h"
#include "lib/layout.h"
#include "lib/vault.h"

struct buf;
struct error;

/* What every command works with: where things are, the open vault, and the keys in it. */
struct place {
	struct layout layout;
	struct vault vault;
	struct apikey_store keys;
};

#define PLACE_NONE                                                                       \
	{                                                                                \
		LAYOUT_EMPTY, VAULT_NONE, APIKEY_STORE_NONE                              \
	}
#define auto_place __attribute__((cleanup(place_close)))

int place_open(struct place *place, struct error *err);
void place_close(struct place *place);

/* On standard output. */
int place_write(const struct buf *text, struct error *err);

/* Call take for every key that can be read; one that was changed is a warning. */
struct place_visit {
	int (*take)(void *context, const struct apikey *key, struct error *err);
	void *context;
};
int place_each_key(const struct place *place, const struct place_visit *visit,
		   struct error *err);

#endif
