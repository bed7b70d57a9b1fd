#ifndef BIN_RUNJOB_SERVE_BUDGET_H
#define BIN_RUNJOB_SERVE_BUDGET_H

#include <stdint.h>

struct error;
struct job;
struct layout;
struct trust;

/*
 * For how long the jobs of anonymous certificates ran within the last day: those of the
 * certificate, and those that were asked for from the address, by whichever of them.  One
 * that has not ended counts for as long as it may run.  The tree of jobs is the only record.
 */
struct budget {
	const struct layout *layout; /* ->owner: the certificate */
	const char *remote;
	int64_t now_ms;
};

int budget_used(uint64_t *used_ms, const struct budget *budget, const struct trust *trust,
		struct error *err);

/* Note in the job's folder from where it was asked for. */
int budget_note(const struct job *job, const char *remote, struct error *err);

#endif
