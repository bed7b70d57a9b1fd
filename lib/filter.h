#ifndef LIB_FILTER_H
#define LIB_FILTER_H

#include <jv.h>

struct error;

/*
 * A compiled jq program.  Compiling costs libjq 1.6 some 26 ms, running microseconds: compile
 * once and keep it.
 */
struct filter {
	void *state; /* NULL when there is none */
};

#define FILTER_NONE                                                                      \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_filter __attribute__((cleanup(filter_free)))

struct filter_program {
	const char *text;
	const char *name;	    /* of the file, for messages */
	const char *const *library; /* folders for include, ends with NULL */
};

/* ERROR_CONFIG with "<name>:<line>: <what>" when the program does not compile. */
int filter_compile(struct filter *filter, const struct filter_program *program,
		   struct error *err);
void filter_free(struct filter *filter);

/*
 * Run it on input (looked at, not consumed) and call each for every output, which stays
 * ours.  An error that the program raises and does not catch is ERROR_DATA; each may stop
 * the run by returning -1 with err set.
 */
int filter_run(struct filter *filter, jv input,
	       int (*each)(void *context, jv output, struct error *err), void *context,
	       struct error *err);

#endif
