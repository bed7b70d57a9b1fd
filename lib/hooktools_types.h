#ifndef LIB_HOOKTOOLS_TYPES_H
#define LIB_HOOKTOOLS_TYPES_H

#include "lib/buf.h"
#include "lib/certificate.h"
#include "lib/hooktools.h"
#include "lib/job.h"
#include "lib/job_plan.h"
#include "lib/layout.h"

struct error;

/* What the handles of hooktools.h are. */
struct hooktools {
	struct layout layout; /* owner and environment are filled in copies of it */
	char *pool;
	char **environment; /* of supervisors: it leads them to our places */
};

struct hooktools_certificate {
	const struct hooktools *tools;
	struct certificate certificate;
};

struct hooktools_job {
	struct layout layout;	   /* ->owner is owner */
	char owner[JOB_OWNER_LEN]; /* the certificate's, which may go before the job */
	char id[UUID_LEN];
	int64_t number;
	struct job_plan plan; /* of one that was not started */
	struct buf input;     /* what that will read */
	struct job job;	      /* of one that was */
};

/* Room of zeros for a handle; NULL fills the public error. */
void *hooktools_room(size_t size, enum hooktools_kind kind, struct hooktools_error *err);

/* Fill the public error, if there is one; always -1. */
int hooktools_fail(struct hooktools_error *err, enum hooktools_kind kind,
		   const struct error *why);

#endif
