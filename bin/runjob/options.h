#ifndef BIN_RUNJOB_OPTIONS_H
#define BIN_RUNJOB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob/view.h"
#include "lib/job_plan.h"
#include "lib/job_status.h"

struct error;

/* Which options a command takes. */
enum options_grammar { OPTIONS_JOB, OPTIONS_TAIL, OPTIONS_QUERY, OPTIONS_RAW };

struct options {
	bool debug;
	bool help;
	bool version;
	bool json;
	bool follow;
	bool svg;
	const char *owner; /* whose jobs: a certificate's file or SHA-256; NULL: ours */
	struct job_plan plan; /* run, start: the job */
	bool has_lines;	      /* tail: how much */
	bool has_bytes;
	uint64_t lines;
	uint64_t bytes;
	uint64_t from;
	struct view view;
	bool has_state; /* list: which */
	enum job_state state;
	uint64_t limit;
	const char *after;
	const char *output; /* debug: the bundle's file; NULL: standard output */
	const char *group;  /* list: of this group */
	int64_t since_ms;   /* list: not created before */
	bool has_keep;	    /* prune: what */
	bool dry_run;
	bool all;	/* of all owners */
	bool has_grace; /* stop: how */
	uint64_t keep;
	uint64_t older_ms;
	uint64_t max_bytes; /* UINT64_MAX: any number */
	uint64_t grace_ms;
	int signal;
	int operand_count;
	char **operands; /* what follows the options; ends with NULL */
};

#define OPTIONS_EMPTY                                                                    \
	{                                                                                \
		.plan = JOB_PLAN_EMPTY, .limit = UINT64_MAX, .max_bytes = UINT64_MAX,    \
		.signal = 15                                                             \
	}

extern const char options_usage[];

/* The options in front of the command; operands begin with the command's name. */
int options_parse(struct options *options, int argc, char *argv[], struct error *err);

/* The options behind it: argv[0] is the command's name. */
int options_parse_command(struct options *options, enum options_grammar grammar, int argc,
			  char *argv[], struct error *err);
void options_free(struct options *options);

#endif
