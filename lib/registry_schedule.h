#ifndef LIB_REGISTRY_SCHEDULE_H
#define LIB_REGISTRY_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"
#include "lib/uuid.h"

struct buf;
struct error;
struct registry;

/*
 * Schedules, each with a name of its own.  That of a plugin bears the plugin's name, goes with
 * it, and is for the repositories that the plugin is assigned to; any other is for routes.
 * Times are Unix milliseconds.
 */
struct registry_schedule {
	char id[UUID_LEN];
	char *name;
	bool is_plugin;
	bool is_enabled;   /* false when its plugin is disabled */
	char *expression;  /* see cron.h */
	char *timezone;	   /* NULL: the system's */
	int64_t jitter_ms; /* -1 when none was given */
	char *repository;  /* what the events belong to; NULL for none, and for plugins */
	char *payload;	   /* JSON, or NULL */
	bool started;
	int64_t seen_ms;       /* what was due up to then is settled */
	int64_t due_ms;	       /* when it was due last; 0: never yet */
	int64_t ran_ms;	       /* and when events were made of that */
	uint64_t repositories; /* that its plugin is assigned to; 0 for routes */
};

#define REGISTRY_SCHEDULE_EMPTY                                                          \
	{                                                                                \
		.jitter_ms = -1                                                          \
	}
#define auto_schedule __attribute__((cleanup(registry_schedule_free)))

/* By name; empty is all zeros. */
struct registry_schedules {
	struct registry_schedule *list;
	size_t count;
};

#define auto_schedules __attribute__((cleanup(registry_schedules_free)))

/*
 * Add a schedule; seen_ms is when.  A plugin's takes the place of the one that the plugin has,
 * which keeps its id and goes on if it was started; no such plugin is ERROR_ABSENT.  Any other
 * name that is taken is ERROR_DATA.
 */
int registry_schedule_add(struct registry *registry,
			  const struct registry_schedule *schedule, struct error *err);

/* None of that name is ERROR_ABSENT, for all of these. */
int registry_schedule_remove(struct registry *registry, const char *name,
			     struct error *err);
int registry_schedule_stop(struct registry *registry, const char *name,
			   struct error *err);

/* What was due up to now_ms is settled. */
int registry_schedule_start(struct registry *registry, const char *name, int64_t now_ms,
			    struct error *err);

/* Fills an empty schedule. */
int registry_schedule_find(struct registry_schedule *schedule, bool *found,
			   struct registry *registry, const char *name,
			   struct error *err);

/* The names behind after, which may be NULL. */
int registry_schedule_list(struct registry_schedules *schedules,
			   struct registry *registry, const char *after,
			   struct error *err);

/* Keep the three times. */
int registry_schedule_settle(struct registry *registry,
			     const struct registry_schedule *schedule, struct error *err);

void registry_schedule_free(struct registry_schedule *schedule);
void registry_schedules_free(struct registry_schedules *schedules);

/*
 * A batch is a file of events on its way into the spool: kept in the same transaction as the
 * times of their schedules, and removed when the spool has it.
 */
int registry_batch_add(struct registry *registry, const char *id, struct str_view events,
		       struct error *err);

/* The oldest: its events are appended.  *found is false when there is none. */
int registry_batch_first(char id[static UUID_LEN], struct buf *events, bool *found,
			 struct registry *registry, struct error *err);
int registry_batch_remove(struct registry *registry, const char *id, struct error *err);

#endif
