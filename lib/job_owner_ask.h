#ifndef LIB_JOB_OWNER_ASK_H
#define LIB_JOB_OWNER_ASK_H

#include "lib/job_owner.h"

/* Who --owner means: a fingerprint is one itself; of a file it is runjob-certs that knows the
 * certificate, so that nobody else needs to read any.  What is neither is ERROR_USAGE. */
int job_owner_ask(char owner[static JOB_OWNER_LEN], const struct layout *layout,
		  const char *text, struct error *err);

#endif
