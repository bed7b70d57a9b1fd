#ifndef BIN_TOKENMINT_RUN_KEYRING_H
#define BIN_TOKENMINT_RUN_KEYRING_H

#include "lib/apikey.h"
#include "lib/place.h"

struct error;

/* What every command works with: the place, and the keys in its vault. */
struct keyring {
	struct place place;
	struct apikey_store keys;
};

#define KEYRING_NONE                                                                     \
	{                                                                                \
		PLACE_NONE, APIKEY_STORE_NONE                                            \
	}
#define auto_keyring __attribute__((cleanup(keyring_close)))

int keyring_open(struct keyring *keyring, struct error *err);
void keyring_close(struct keyring *keyring);

/* Call take for every key that can be read; one that was changed is a warning. */
struct keyring_visit {
	int (*take)(void *context, const struct apikey *key, struct error *err);
	void *context;
};
int keyring_each(const struct keyring *keyring, const struct keyring_visit *visit,
		 struct error *err);

#endif
