#ifndef LIB_ZONE_H
#define LIB_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/*
 * The time zone of localtime(3), one at a time for the whole process: the system's, as it was
 * at first ($TZ, else /etc/localtime), or one of the names in /usr/share/zoneinfo ($TZDIR).
 * The C library takes UTC for a zone that it does not find; here that is an error.
 */
struct zone {
	char *system; /* $TZ at first; NULL if it was not set */
	char *name;   /* in force; NULL is the system's */
};

#define ZONE_EMPTY                                                                       \
	{                                                                                \
		NULL, NULL                                                               \
	}
#define auto_zone __attribute__((cleanup(zone_free)))

enum { ZONE_TEXT = 64 };

void zone_open(struct zone *zone);

/* Puts the system's back in force. */
void zone_free(struct zone *zone);

/* Put name in force, as Europe/Berlin, or the system's when it is NULL.  One that is not there
 * is ERROR_DATA, and what was in force stays. */
int zone_use(struct zone *zone, const char *name, struct error *err);

/* "2026-03-29 03:00 CEST" (with seconds if there are any) on the clock of the zone in force. */
void zone_format(char out[static ZONE_TEXT], int64_t unix_s);

#endif
