#ifndef BIN_HOOKROUTE_TICK_DUE_H
#define BIN_HOOKROUTE_TICK_DUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cron.h"
#include "lib/uuid.h"
#include "lib/zone.h"

struct error;
struct registry_schedule;

/*
 * When a schedule is due.  Its expression names times; each happens a while later, the jitter,
 * which is the same for a schedule always: so much as its id says, of as much as is allowed.
 * Times are Unix milliseconds, and those of the expression.
 */
struct due {
	struct cron cron;
	int64_t delay_ms;
};

enum { DUE_SPREAD_MIN_MS = 2 * 60 * 1000, DUE_SPREAD_MAX_MS = 5 * 60 * 1000 };

/* Puts the schedule's zone in force.  jitter_ms is for expressions of fields whose schedule has
 * none of its own; an interval is delayed by 2 to 5 minutes then. */
int due_read(struct due *due, struct zone *zone, const struct registry_schedule *schedule,
	     int64_t jitter_ms, struct error *err);

/* The last time that has come by now and is not settled; false when there is none. */
bool due_last(int64_t *due_ms, const struct due *due,
	      const struct registry_schedule *schedule, int64_t now_ms);

/* The next one that has not come; false when there is none. */
bool due_next(int64_t *due_ms, const struct due *due,
	      const struct registry_schedule *schedule, int64_t now_ms);

/* The id of the schedule's event for a repository (NULL is one, too): always the same. */
void due_event_id(char id[static UUID_LEN], const struct registry_schedule *schedule,
		  int64_t due_ms, const char *repository);

#endif
