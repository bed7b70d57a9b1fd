#ifndef BIN_RUNJOB_CONSUME_REGISTERED_H
#define BIN_RUNJOB_CONSUME_REGISTERED_H

#include <stdbool.h>

#include "lib/str.h"

struct error;
struct layout;
struct spec;

/* Does the line of a pipeline name a registered one, and has no tasks of its own? */
bool registered_is_meant(struct str_view line);

/* Choose the version that the run is of, write that down, and take it apart as if the line had
 * brought it along. */
int registered_parse(struct spec *spec, struct str_view line, const struct layout *layout,
		     struct error *err);

#endif
