#ifndef BIN_HOOKROUTE_EVALUATOR_CHILD_H
#define BIN_HOOKROUTE_EVALUATOR_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "bin/hookroute/routes.h"

struct error;

/*
 * The process that runs routes, a fork of the router with nothing of its descriptors: what
 * runs too long is ended by SIGPROF, what eats too much by libjq's abort.  It says in shared
 * memory what it is at.
 */
enum { MARK_READING = UINT32_MAX };

struct evaluator_mark {
	uint64_t number;   /* of the question */
	uint32_t file;	   /* MARK_READING while the event is parsed */
	uint32_t lapses[]; /* of each file: times in a row that it did too much */
};

/* So often, then a file has a tenth of its time until it is done within that. */
enum { LAPSES_MAX = 3, LAPSES_SHARE = 10 };

struct evaluator_child {
	struct routes *routes;
	struct evaluator_mark *mark; /* shared */
	int in;
	int out;
};

/* The child's pid, -1 with err set. */
pid_t evaluator_child_start(const struct evaluator_child *child, struct error *err);

/* What the file may take now. */
uint64_t evaluator_child_time_ms(const struct evaluator_child *child, size_t file);

#endif
