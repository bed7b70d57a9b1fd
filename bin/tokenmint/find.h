#ifndef BIN_TOKENMINT_FIND_H
#define BIN_TOKENMINT_FIND_H

#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"

struct error;

/*
 * The installation for "OWNER" or "OWNER/REPO": the one kept here, else GitHub is asked once
 * and the answer kept.  app NULL: the only one there is, or the one the owner is known by.
 */
int find_installation(struct installation *installation, struct mint *mint,
		      const char *name, const char *app, struct error *err);

#endif
