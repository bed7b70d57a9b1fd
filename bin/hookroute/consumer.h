#ifndef BIN_HOOKROUTE_CONSUMER_H
#define BIN_HOOKROUTE_CONSUMER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/consumer_file.h"
#include "bin/hookroute/consumer_queue.h"
#include "bin/hookroute/kept.h"
#include "lib/buf.h"
#include "lib/process.h"

struct error;
struct layout;

/*
 * A program that keeps hookpipe(7): lines in, a reply for each out, in order.  It is started
 * when there is something for it, gets up to in_flight values before their replies, and is
 * started again with growing delay when it ends, to get once more what had no reply.
 *
 * One that is down, as nothing succeeds, gets a single value from time to time.  What else
 * there is for it, or too much for one that is slow, is settled as busy, and its event is
 * told to kept_add: it is asked for again when there is room for it.
 */

struct consumer {
	struct consumer *next;
	char *name;
	struct consumer_file file;
	const struct retry *common;	/* the schedule of those that have none */
	struct consumer_file next_file; /* for its next start, see consumer_renew.h */
	bool has_next;
	bool is_gone; /* its file */
	struct process process;
	int to;		   /* its stdin, -1 when it does not run */
	int from;	   /* its stdout */
	struct buf output; /* for it, not written yet */
	size_t written;	   /* of output */
	struct buf input;  /* of it, no whole line yet */
	struct consumer_queue waiting;
	struct consumer_queue sent;
	struct kept kept; /* what waits for it in defer/ */
	size_t ahead;	  /* so many may wait in memory when it is slow, at least 1 */
	const struct consumer_value
		*died_on;  /* the first without a reply when it last ended */
	unsigned deaths;   /* on that value */
	unsigned restarts; /* since it last replied */
	uint64_t starts;   /* ever */
	uint64_t ends;	   /* without having been asked to */
	size_t suspects;   /* values that were with it when it last ended */
	unsigned failures; /* temporary ones, in a row */
	bool down;	   /* see consumer_down.h */
	int64_t probe_ms;  /* when it gets the next of these */
	int64_t probe_delay_ms;
	int64_t start_ms;    /* not before */
	int64_t reply_ms;    /* it must have replied until then */
	int64_t alive_ms;    /* it last replied, or had nothing to do */
	char trouble[160];   /* why it last ended or could not start */
	char complaint[160]; /* why it is being killed */
};

/* Read consumers.d/NAME.json of conf or share.  None: ERROR_ABSENT, saying what to make. */
int consumer_open(struct consumer **consumer, const char *name,
		  const struct layout *layout, struct error *err);

/* Its schedule, where it has none of its own. */
void consumer_use_retry(struct consumer *consumer, const struct retry *retry);

/* Kill it if it runs and free it; its values must have been settled or be the caller's. */
void consumer_close(struct consumer *consumer);

/* May settle it at once, as busy. */
void consumer_add(struct consumer *consumer, struct consumer_value *value,
		  int64_t now_ms);

/* How many of kept should come now. */
size_t consumer_wants(const struct consumer *consumer, int64_t now_ms);

/* Start it if it must run, hand it what it may take. */
void consumer_feed(struct consumer *consumer, int64_t now_ms);

/* What to poll; -1 where there is nothing. */
enum { CONSUMER_FDS = 3 };
void consumer_poll(const struct consumer *consumer,
		   struct pollfd fds[static CONSUMER_FDS]);

/* Write and read what poll says; replies are settled. */
void consumer_work(struct consumer *consumer,
		   const struct pollfd fds[static CONSUMER_FDS], int64_t now_ms);

/* When one of kept is wanted, to see whether it is up; INT64_MAX for never. */
int64_t consumer_probe_ms(const struct consumer *consumer);

/* When it must be looked at although no descriptor is ready; INT64_MAX for never. */
int64_t consumer_wake_ms(const struct consumer *consumer);

/* Has it replied to nothing for a while, although it had something? */
bool consumer_is_stalled(const struct consumer *consumer, int64_t now_ms);

/* Does more wait for it than need be, and for long? */
bool consumer_is_slow(const struct consumer *consumer, int64_t now_ms);

/* Most of what waits for it goes back as busy, to make room for others. */
void consumer_relieve(struct consumer *consumer, int64_t now_ms);

/* The clock was set. */
void consumer_shift(struct consumer *consumer, int64_t by_ms);

/* No more values will come: it may end. */
void consumer_finish(struct consumer *consumer);

#endif
