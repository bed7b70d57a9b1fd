#ifndef BIN_RUNJOB_BUNDLE_H
#define BIN_RUNJOB_BUNDLE_H

struct error;
struct job;
struct layout;
struct tar;

/* All about a job that helps to see what became of it, and all about its tasks if it is a
 * pipeline; secrets by their names only. */
int bundle_job(const struct tar *tar, const struct layout *layout, const struct job *job,
	       struct error *err);

#endif
