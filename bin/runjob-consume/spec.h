#ifndef BIN_RUNJOB_CONSUME_SPEC_H
#define BIN_RUNJOB_CONSUME_SPEC_H

#include <stddef.h>

#include "lib/job_plan.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct buf;
struct error;

/* A line of jobspec(5), taken apart. */
struct spec {
	char id[UUID_LEN]; /* "" when it names none */
	struct job_plan plan;
	struct str_view payload; /* in the line: the job's stdin, byte for byte */
	char *input;		 /* else this is its stdin; may be NULL */
};

#define SPEC_EMPTY                                                                       \
	{                                                                                \
		.plan = JOB_PLAN_EMPTY                                                   \
	}
#define auto_spec __attribute__((cleanup(spec_free)))

/* spec lives no longer than the line.  All that is wrong is ERROR_DATA naming the key. */
int spec_parse(struct spec *spec, struct str_view line, struct error *err);
void spec_free(struct spec *spec);

#endif
