#ifndef BIN_HOOKROUTE_JOURNAL_READ_H
#define BIN_HOOKROUTE_JOURNAL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/str.h"

struct error;

enum { JOURNAL_DAY_LEN = 11 /* "2026-11-20" and the NUL */ };

/* Which lines of the event log are wanted; zeroed but for the times: all. */
struct journal_query {
	const char *const *ids; /* of events, or of deliveries */
	size_t id_count;
	const char *after; /* an id: those of later events */
	const char *name;  /* a pattern */
	const char *event;
	const char *provider;
	const char *route;
	const char *to;
	int64_t since_ms;
	int64_t until_ms;
	uint64_t limit;
	int (*each)(void *context, struct str_view line, struct error *err);
	void *context;
};

/* Half lines, that somebody who was killed left, match nothing. */
bool journal_matches(const struct journal_query *query, struct str_view line);

/* The days there are, sorted; the caller frees them. */
int journal_days(char (**days)[JOURNAL_DAY_LEN], size_t *count, int dir,
		 struct error *err);

/* How far the log had been written when it was read. */
struct journal_place {
	char day[JOURNAL_DAY_LEN]; /* "" for before the first */
	off_t offset;
};

/*
 * Call each for the first limit lines that match, or for the last ones, in the order of
 * time.  Lines are looked for from the times that the query allows, which for ids is when
 * their events were made.
 */
int journal_read_first(struct journal_place *place, int dir,
		       const struct journal_query *query, struct error *err);
int journal_read_last(struct journal_place *place, int dir,
		      const struct journal_query *query, struct error *err);

#endif
