#ifndef BIN_TOKENMINT_LIMIT_H
#define BIN_TOKENMINT_LIMIT_H

#include "bin/tokenmint/app.h"

struct error;
struct layout;

/*
 * A rate limit is the App's, whatever it asks for: kept as <state>/limits/<app>, so that no
 * process asks GitHub before it is over.
 */

/* ERROR_TEMPORARY, with GitHub's words and how long it stands, while it does. */
int limit_check(const struct app *app, const struct layout *layout, struct error *err);

/* GitHub said so; err has its words. */
void limit_set(const struct app *app, const struct layout *layout, uint64_t wait_s,
	       const struct error *err);

#endif
