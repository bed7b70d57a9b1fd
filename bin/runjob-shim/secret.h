#ifndef BIN_RUNJOB_SHIM_SECRET_H
#define BIN_RUNJOB_SHIM_SECRET_H

struct buf;
struct error;
struct job;
struct job_texts;

/* The value of a secret as runjob(1) names it, appended, from tokenmint and nowhere else; a line
 * break at its end is left out. */
int secret_read(struct buf *value, const char *name, const struct job *job,
		const struct job_texts *readers, struct error *err);

#endif
