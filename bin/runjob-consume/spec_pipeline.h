#ifndef BIN_RUNJOB_CONSUME_SPEC_PIPELINE_H
#define BIN_RUNJOB_CONSUME_SPEC_PIPELINE_H

#include <stdbool.h>

#include "lib/str.h"

struct error;
struct layout;
struct spec;

/* Is the line that of a pipeline? */
bool spec_is_pipeline(struct str_view line);

/* A pipeline is a job, too: one whose program starts the others.  Each task is checked at
 * this door, so that none turns out to be wrong when others have run. */
int spec_pipeline_parse(struct spec *spec, struct str_view line,
			const struct layout *layout, struct error *err);

#endif
