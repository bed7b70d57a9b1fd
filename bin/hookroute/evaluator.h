#ifndef BIN_HOOKROUTE_EVALUATOR_H
#define BIN_HOOKROUTE_EVALUATOR_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bin/hookroute/deliveries.h"
#include "bin/hookroute/routes.h"
#include "lib/buf.h"
#include "lib/str.h"

struct error;
struct evaluator_mark;

/*
 * Routes are evaluated in a child process, for libjq cannot be interrupted in ours: one that
 * hangs, eats memory or crashes takes the child with it, which is replaced.  Its event is
 * evaluated again without the file that did it, which is named in the answer.  Several
 * events are under way at once, and answered in the order they were asked.
 */
struct question {
	struct question *next;
	struct str_view line; /* valid until it is answered */
	void (*answered)(struct question *question);
	/* The answer, for who asked to free. */
	struct deliveries deliveries;
	char *problem; /* the event is none, or cannot be read; NULL if it could */
	/* The evaluator's own. */
	uint64_t number;
	struct buf refusals;
	uint32_t strike_file; /* it was running when the child ended */
	unsigned strikes;     /* so often */
};

enum { EVALUATOR_FDS = 2 };

struct evaluator {
	struct routes *routes; /* not owned */
	pid_t pid;	       /* 0 when there is none */
	int to;
	int from;
	struct evaluator_mark *mark;
	size_t mark_size;
	struct question *first; /* that has no answer */
	struct question **end;
	struct question *unsent;
	uint64_t number; /* of the last question */
	struct buf out;
	size_t written; /* bytes of out that the child has got */
	struct buf in;
	int64_t moved_ms; /* when it last answered, or had nothing to do */
	int64_t start_ms; /* no new child before */
	bool is_silent;	  /* it was killed for that */
};

/* The child starts with the first question. */
void evaluator_open(struct evaluator *evaluator, struct routes *routes);

/* Forget what has no answer, and end the child. */
void evaluator_close(struct evaluator *evaluator);

/* Other routes from here on; what has no answer yet is asked again. */
void evaluator_use(struct evaluator *evaluator, struct routes *routes);

/* The answer comes out of evaluator_work. */
void evaluator_ask(struct evaluator *evaluator, struct question *question);

/* Take back what has no answer yet: a list. */
struct question *evaluator_drop(struct evaluator *evaluator);

/* Send what can be sent, fill EVALUATOR_FDS for poll(2), and then deal with what came. */
void evaluator_poll(struct evaluator *evaluator, struct pollfd *fds);
void evaluator_work(struct evaluator *evaluator, const struct pollfd *fds);

/* For how long evaluator_work need not be called when nothing comes; -1 for ever. */
int evaluator_timeout_ms(const struct evaluator *evaluator);

/* Until all is answered. */
int evaluator_wait(struct evaluator *evaluator, struct error *err);

/* The one that routes_apply has made; NULL is fine. */
void evaluator_free(struct evaluator *evaluator);

#endif
