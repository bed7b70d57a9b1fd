#include "bin/hookroute/intake.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/lease.h"
#include "lib/cleanup.h"
#include "lib/error.h"

enum {
	OTHERS_MS = 5000,  /* look again for what another router holds */
	SAFETY_MS = 60000, /* look everywhere, whatever inotify says */
	DEFER_MS = 200,	   /* looking through many that wait costs: not at each change */
	EVENTS_BYTES = 16384,
};

static const enum spool_state order[INTAKE_PLACES] = { SPOOL_CUR, SPOOL_DEFER,
						       SPOOL_NEW };

static void look_until(struct intake_place *place, int64_t when_ms)
{
	if (when_ms < place->look_ms)
		place->look_ms = when_ms;
}

static int watch(struct intake *intake, const struct spool *spool, struct error *err)
{
	enum spool_state watched[2] = { SPOOL_NEW, SPOOL_DEFER };
	size_t i;

	intake->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (intake->inotify < 0)
		return error_errno(err, "start inotify");
	for (i = 0; i < 2; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", spool->dir[watched[i]]);
		if (inotify_add_watch(intake->inotify, path, IN_MOVED_TO | IN_ATTRIB) < 0)
			return error_errno(err, "watch folder '%s'",
					   spool_state_name(watched[i]));
	}
	return 0;
}

int intake_open(struct intake *intake, const struct spool *spool, bool follow,
		struct error *err)
{
	struct intake made = { .spool = spool, .inotify = -1 };
	size_t i;

	for (i = 0; i < INTAKE_PLACES; i++)
		made.places[i].state = order[i];
	/* The watch first, so that nothing arrives between the first look and it. */
	if (follow && watch(&made, spool, err) < 0) {
		cleanup_close(&made.inotify);
		return -1;
	}
	*intake = made;
	return 0;
}

void intake_close(struct intake *intake)
{
	size_t i;

	for (i = 0; i < INTAKE_PLACES; i++)
		names_free(&intake->places[i].names);
	cleanup_close(&intake->inotify);
	intake->inotify = -1;
}

/* What arrived does not matter: one look finds all of it.  If another router takes it and
 * dies, we see that in cur/ a little later. */
void intake_listen(struct intake *intake, int64_t now_ms)
{
	char events[EVENTS_BYTES]
		__attribute__((aligned(__alignof__(struct inotify_event))));

	if (intake->inotify < 0 || read(intake->inotify, events, sizeof(events)) <= 0)
		return;
	while (read(intake->inotify, events, sizeof(events)) > 0)
		;
	look_until(&intake->places[0], now_ms + OTHERS_MS);
	look_until(&intake->places[1], now_ms + DEFER_MS);
	look_until(&intake->places[2], now_ms);
}

/* Is it its time?  In defer/ the file's own time says so. */
static bool is_due(struct intake *intake, struct intake_place *place, const char *id,
		   int64_t now_ms)
{
	int64_t due_ms;

	if (place->state != SPOOL_DEFER)
		return true;
	due_ms = aside_due_ms(intake->spool, id);
	if (due_ms > now_ms)
		look_until(place, due_ms);
	return due_ms <= now_ms;
}

static int take(struct lease **lease, struct intake *intake, struct intake_place *place,
		int64_t now_ms, struct error *err)
{
	while (place->names.next < place->names.count) {
		const char *id = place->names.list[place->names.next++];

		if (!is_due(intake, place, id, now_ms))
			continue;
		if (lease_take(lease, intake->spool, place->state, id, err) < 0)
			return -1;
		if (*lease)
			return 0;
		/* Somebody has it, we ourselves perhaps, and may die before it is done. */
		look_until(place, now_ms + OTHERS_MS);
	}
	return 0;
}

static int look(struct intake *intake, struct intake_place *place, int64_t now_ms,
		struct error *err)
{
	place->look_ms = INT64_MAX;
	if (intake->inotify >= 0)
		place->look_ms = now_ms + SAFETY_MS;
	return names_read(&place->names, intake->spool->dir[place->state], err);
}

int intake_next(struct lease **lease, struct intake *intake, int64_t now_ms,
		struct error *err)
{
	size_t i;

	*lease = NULL;
	for (i = 0; i < INTAKE_PLACES && !*lease; i++) {
		struct intake_place *place = &intake->places[i];

		if (place->names.next == place->names.count && now_ms >= place->look_ms &&
		    look(intake, place, now_ms, err) < 0)
			return -1;
		if (take(lease, intake, place, now_ms, err) < 0)
			return -1;
	}
	return 0;
}

int64_t intake_wake_ms(const struct intake *intake)
{
	int64_t wake_ms = INT64_MAX;
	size_t i;

	for (i = 0; i < INTAKE_PLACES; i++) {
		const struct intake_place *place = &intake->places[i];

		if (place->names.next < place->names.count)
			return 0;
		if (place->look_ms < wake_ms)
			wake_ms = place->look_ms;
	}
	return wake_ms;
}
