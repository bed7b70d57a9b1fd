#ifndef LIB_FILTER_H
#define LIB_FILTER_H

#include <jv.h>

struct error;

/*
 * A compiled jq program.  Compiling costs libjq 1.6 some 26 ms, running microseconds: compile
 * once and keep it.  Out of memory ends the process with status 71.
 */
struct filter {
	void *state; /* NULL when there is none */
};

#define FILTER_NONE                                                                      \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_filter __attribute__((cleanup(filter_free)))

/* What libjq has against a program: file is NULL for the program itself, else the path of
 * what it includes; line is 0 where libjq names none. */
struct filter_fault {
	const char *file;
	unsigned line;
	const char *what;
};

struct filter_program {
	const char *text;
	const char *name;	    /* of the file, for messages */
	const char *const *library; /* folders for include, ends with NULL */
	/* Called for each fault, if it is there. */
	void (*fault)(void *context, const struct filter_fault *fault);
	void *context;
};

/* ERROR_CONFIG with "<file or name>:<line>: <what>", the first fault, when the program does
 * not compile. */
int filter_compile(struct filter *filter, const struct filter_program *program,
		   struct error *err);
void filter_free(struct filter *filter);

/* What the program's `input` gives: next is asked each time, and has no use for jq. */
struct jq_state;
typedef jv filter_input(struct jq_state *jq, void *context);
void filter_set_input(struct filter *filter, filter_input *next, void *context);

/*
 * Run it on input (looked at, not consumed) and call each for every output, which stays
 * ours.  An error that the program raises and does not catch is ERROR_DATA; each may stop
 * the run by returning -1 with err set.
 */
int filter_run(struct filter *filter, jv input,
	       int (*each)(void *context, jv output, struct error *err), void *context,
	       struct error *err);

#endif
