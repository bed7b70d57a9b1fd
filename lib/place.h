#ifndef LIB_PLACE_H
#define LIB_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/layout.h"
#include "lib/vault.h"

struct error;

/* What the commands of a helper of tokenmint work with: where things are, and the open vault. */
struct place {
	struct layout layout;
	struct vault vault;
};

#define PLACE_NONE                                                                       \
	{                                                                                \
		LAYOUT_EMPTY, VAULT_NONE                                                 \
	}
#define auto_place __attribute__((cleanup(place_close)))

/* is_open: the vault stays closed, so no master key is needed. */
int place_open(struct place *place, bool is_open, struct error *err);
void place_close(struct place *place);

/* A key or token from standard input; the line break behind it does not count. */
int place_read_secret(struct buf *text, size_t limit, struct error *err);

/* On standard output. */
int place_write(const struct buf *text, struct error *err);

#endif
