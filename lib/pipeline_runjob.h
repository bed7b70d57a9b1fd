#ifndef LIB_PIPELINE_RUNJOB_H
#define LIB_PIPELINE_RUNJOB_H

#include "lib/str.h"

struct error;

/*
 * The run of a pipeline and each of its tasks are jobs: whoever has to do with them asks the
 * runjob that PATH finds.
 */
enum { PIPELINE_ARGUMENTS = 6 };

/* "runjob COMMAND [--owner OWNER] OPERAND": the texts stay the caller's.  The owner is that of the
 * jobs, NULL: us. */
void pipeline_argv(const char *argv[static PIPELINE_ARGUMENTS], const char *command,
		   const char *owner, const char *operand);

/* Start the job that line specifies, as `runjob start -` does, for the owner.  What it refuses is
 * ERROR_TEMPORARY when it says so of it, ERROR_DATA otherwise, with its message; a reply that is
 * none is ERROR_DATA, and who could not be asked is an error of process_capture. */
int pipeline_submit(const char *owner, struct str_view line, struct error *err);

#endif
