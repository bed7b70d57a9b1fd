#ifndef LIB_HTTP_HELPER_H
#define LIB_HTTP_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/process.h"
#include "lib/str.h"

struct error;
struct http_server;

/*
 * Another program beside an http_server's loop: what takes a while, or wants what the server
 * shall not have, is asked of a child, and the loop goes on until it has answered.  So many run
 * at once, and each for so long; others wait their turn.  What is quick, as it asks nobody
 * else, has a line of its own, and a place that the slow ones leave free.
 */
#define HELPERS_MAX 4	    /* the units' TasksMax= has room for these */
#define HELPER_ARGUMENTS 8  /* with the NULL at their end */
#define HELPERS_WAITING 256 /* in each line, at most */
#define HELPER_LIVES_S 30

/* The answer, empty when there is none. */
typedef void helper_done_fn(void *context, struct str_view answer);

struct helper_ask {
	const char *arguments
		[HELPER_ARGUMENTS]; /* behind the program; they live until done */
	bool is_quick;
	helper_done_fn *done;
	void *context;
};

struct helpers;

struct helper {
	struct helpers *owner;
	struct process process; /* without one: free */
	int out;		/* where its answer comes from */
	int timer;
	struct helper_ask ask;
};

struct helper_waiting {
	struct helper_ask ask;
	struct buf question;
	int64_t since_ms;
};

struct helper_line { /* a ring */
	struct helper_waiting waiting[HELPERS_WAITING];
	unsigned first;
	unsigned count;
};

struct helpers {
	struct http_server *server; /* the caller's, like the rest here */
	const char *program;
	const char *what;
	/* Something went wrong that its asker only sees as an empty answer. */
	void (*complain)(const char *message);
	bool is_quiet; /* standard error is the client's */
	unsigned
		waiting_limit; /* in each line: HELPERS_WAITING, unless it is set to less */
	struct helper running[HELPERS_MAX];
	struct helper_line lines[2]; /* of the slow ones, and of the quick ones */
};

/* what: they are asked for, as "logins". */
void helpers_open(struct helpers *helpers, const char *program, const char *what,
		  void (*complain)(const char *message));

/* ERROR_TEMPORARY when too many run, or wait; done is called later, once. */
int helpers_ask(struct helpers *helpers, const struct helper_ask *ask,
		const struct buf *question, struct error *err);

/* End all; done is called for each. */
void helpers_close(struct helpers *helpers);

#endif
