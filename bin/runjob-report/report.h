#ifndef BIN_RUNJOB_REPORT_REPORT_H
#define BIN_RUNJOB_REPORT_REPORT_H

#include <stdbool.h>

#include "bin/runjob-report/record.h"
#include "lib/github.h"

struct error;
struct job;

struct report {
	struct github github;
	int folder; /* <state>/reports */
	char *jobs; /* "<state>/jobs/": logs are read below it only */
};

#define REPORT_NONE                                                                      \
	{                                                                                \
		GITHUB_NONE, -1, NULL                                                    \
	}
#define auto_report __attribute__((cleanup(report_close)))

int report_open(struct report *report, const char *state, const char *api,
		struct error *err);
void report_close(struct report *report);

/*
 * Make or finish the job's Check run, whatever came before; *is_duplicate when GitHub knows
 * already.  A "started" that comes late never reopens what is completed.
 */
int report_job(struct record *record, bool *is_duplicate, struct report *report,
	       const struct job *job, struct error *err);

#endif
