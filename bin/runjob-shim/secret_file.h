#ifndef BIN_RUNJOB_SHIM_SECRET_FILE_H
#define BIN_RUNJOB_SHIM_SECRET_FILE_H

#include <stddef.h>

#include "lib/buf.h"

struct error;
struct jail;
struct job;
struct job_plan;

/*
 * Secrets that a job reads from files: in a sandbox in a file system of memory that it alone
 * sees, else memory without a name that it inherits as a descriptor.  Either goes with the job.
 */
struct secret_file {
	char *path;	  /* in a sandbox */
	struct buf value; /* in a sandbox */
	int fd;		  /* outside of one; -1 */
};

struct secret_files {
	struct secret_file *items;
	size_t count;
};

#define SECRET_FILES_EMPTY                                                               \
	{                                                                                \
		NULL, 0                                                                  \
	}

/* Read them; each gets its place, secret_file_pair says which. */
int secret_files_make(struct secret_files *files, const struct job *job,
		      const struct job_plan *plan, const struct jail *jail,
		      struct error *err);

/* "NAME=path" of the plan's i-th; the caller frees it. */
char *secret_file_pair(const struct secret_files *files, const struct job_plan *plan,
		       size_t i);

/* In the job's process, before it gives anything up. */
int secret_files_place(const struct secret_files *files, const struct jail *jail,
		       struct error *err);
void secret_files_wipe(struct secret_files *files);

#endif
