#ifndef BIN_TOKENMINT_CONFORM_H
#define BIN_TOKENMINT_CONFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/vault_store.h"

struct error;

/*
 * Does a store keep the contract of hookvault(5)?  The checks are a table; each begins with no
 * secret of ours in the store.  seen says what was wrong when one fails.
 */
struct conform {
	struct vault_store store;
	char *prefix; /* of the names that we use, "global/hooktools-test.1234." */
	struct buf seen;
};

struct conform_check {
	const char *name;
	const char *expected;
	bool (*run)(struct conform *conform);
};

extern const struct conform_check conform_checks[];
extern const size_t conform_check_count;

/* Delete what we put there. */
int conform_clean(struct conform *conform, struct error *err);

#endif
