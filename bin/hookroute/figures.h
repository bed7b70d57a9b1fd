#ifndef BIN_HOOKROUTE_FIGURES_H
#define BIN_HOOKROUTE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

struct dispatch;
struct error;
struct parcel;
struct reply;

/*
 * What a router does, counted in a file that it maps and others read:
 * <state>/spool/routers/<uuid>, locked by flock(2) as long as the router lives.  Counting is a
 * few additions and never waits for the disk.  The counters of one that has ended go into
 * <state>/spool/routers/totals, at its end or when the next one begins.
 */
enum {
	FIGURES_CONSUMERS = 64,
	FIGURES_BOUNDS = 15,
	FIGURES_VERDICTS = 4,
	FIGURES_NAME = 64,
	FIGURES_TEXT = 200,
};

/* Upper bounds of reply times in milliseconds. */
extern const uint64_t figures_bounds[FIGURES_BOUNDS];

struct figures_consumer {
	char name[FIGURES_NAME]; /* empty: the end of the list */
	/* Counters. */
	uint64_t replies[FIGURES_VERDICTS]; /* by enum consumer_verdict */
	uint64_t starts;
	uint64_t ends; /* without having been asked to */
	uint64_t times[FIGURES_BOUNDS + 1];
	uint64_t times_sum_ms;
	/* Of the last failure. */
	int64_t error_ms;
	char error[FIGURES_TEXT];
	/* Of now. */
	int64_t pid; /* 0 when it does not run */
	uint64_t in_flight;
	uint64_t waiting;
	uint64_t kept; /* events in defer/ that wait for it to be up */
	uint64_t down;
	int64_t oldest_ms; /* of what is in flight or waits; 0: nothing is */
};

struct figures_page {
	char magic[8];
	uint64_t size;
	char version[16];
	int64_t pid; /* 0: totals */
	int64_t start_ms;
	char folded[40]; /* of totals: the last file that went into it */
	/* Counters. */
	uint64_t events;
	uint64_t delivered;
	uint64_t deferred;
	uint64_t dead;
	/* Of now. */
	uint64_t events_open;
	uint64_t stopping;
	uint64_t routes;
	int64_t routes_ms;  /* when they were read */
	int64_t refused_ms; /* when others were not, since then; 0: none were */
	char refused[FIGURES_TEXT];
	struct figures_consumer consumers[FIGURES_CONSUMERS];
};

struct figures {
	struct figures_page *page; /* NULL when closed */
	int dir;
	int fd; /* holds the lock */
	char name[UUID_LEN];
};

#define FIGURES_NONE                                                                     \
	{                                                                                \
		NULL, -1, -1, ""                                                         \
	}

/* Make the file of this router, and add those of dead ones to the totals.  When that fails it
 * is said, and nothing is counted: events come first. */
void figures_open(struct figures *figures, const char *state);

/* Add it to the totals, and remove it. */
void figures_close(struct figures *figures);

/* Count a delivery that was settled.  What is about now comes from figures_note. */
void figures_settled(const struct figures *figures, const struct parcel *parcel,
		     const struct reply *reply, int64_t now_ms);

/* How it stands. */
void figures_note(const struct figures *figures, const struct dispatch *dispatch,
		  int64_t now_ms);

/* The routes were read, or (message) refused. */
void figures_routes(const struct figures *figures, size_t count, const char *message,
		    int64_t now_ms);

/* Is it one of this version, and whole? */
bool figures_is_page(const struct figures_page *page);

/* The consumer's place, taken if it has none; NULL when there is no more room. */
struct figures_consumer *figures_consumer(struct figures_page *page, const char *name);

/* Add the counters, and the later error; of a living router what is about now, too. */
void figures_merge(struct figures_page *into, const struct figures_page *from,
		   bool is_alive);

#endif
