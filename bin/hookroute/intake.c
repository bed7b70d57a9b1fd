#include "bin/hookroute/intake.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/lease.h"
#include "bin/hookroute/tenure.h"
#include "lib/cleanup.h"
#include "lib/error.h"

enum {
	OTHERS_MS = 2000,  /* look again for what another router holds */
	OURS_MS = 1000,	   /* we may have it ourselves, on account of another delivery */
	SAFETY_MS = 60000, /* look at new/ and cur/, whatever inotify says */
	DUE_MS = 600000,   /* the same for defer/ */
	EVENTS_BYTES = 65536,
};

static const enum spool_state order[INTAKE_PLACES] = { SPOOL_CUR, SPOOL_NEW };

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
		intake->watches[i] =
			inotify_add_watch(intake->inotify, path, IN_MOVED_TO | IN_ATTRIB);
		if (intake->watches[i] < 0)
			return error_errno(err, "watch folder '%s'",
					   spool_state_name(watched[i]));
	}
	return 0;
}

int intake_open(struct intake *intake, struct tenure *tenure, bool follow,
		struct error *err)
{
	const struct spool *spool = tenure->spool;
	struct intake made = { .spool = spool, .tenure = tenure, .inotify = -1 };
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
	due_free(&intake->due);
	cleanup_close(&intake->inotify);
	intake->inotify = -1;
}

static void hear(struct intake *intake, const struct inotify_event *event, int64_t now_ms)
{
	int64_t due_ms;

	if (event->mask & IN_Q_OVERFLOW)
		intake->look_ms = now_ms;
	if (event->wd != intake->watches[1]) {
		look_until(&intake->places[1], now_ms);
		/* If another router takes it and dies, we see that in cur/ a little later. */
		look_until(&intake->places[0], now_ms + OTHERS_MS);
	} else if (event->len && uuid_is_valid(event->name)) {
		due_ms = aside_due_ms(intake->spool, event->name);
		if (due_ms != INT64_MAX)
			due_add(&intake->due, event->name, due_ms);
	}
}

void intake_listen(struct intake *intake, int64_t now_ms)
{
	char events[EVENTS_BYTES]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	if (intake->inotify < 0)
		return;
	while ((got = read(intake->inotify, events, sizeof(events))) > 0) {
		const char *at = events;

		while (at < events + got) {
			const struct inotify_event *event = (const void *)at;

			hear(intake, event, now_ms);
			at += sizeof(*event) + event->len;
		}
	}
}

static int take(struct lease **lease, struct intake *intake, struct intake_place *place,
		int64_t now_ms, struct error *err)
{
	while (place->names.next < place->names.count) {
		const char *id = place->names.list[place->names.next++];

		if (lease_take(lease, intake->tenure, place->state, id, err) < 0)
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

static int look_due(struct intake *intake, int64_t now_ms, struct error *err)
{
	auto_names struct names names = NAMES_EMPTY;
	size_t i;

	if (names_read(&names, intake->spool->dir[SPOOL_DEFER], err) < 0)
		return -1;
	due_forget(&intake->due);
	for (i = 0; i < names.count; i++) {
		int64_t due_ms = aside_due_ms(intake->spool, names.list[i]);

		if (due_ms != INT64_MAX)
			due_add(&intake->due, names.list[i], due_ms);
	}
	intake->look_ms = intake->inotify >= 0 ? now_ms + DUE_MS : INT64_MAX;
	return 0;
}

/* Its time may have been changed since. */
static bool is_due(struct intake *intake, const struct due_file *file, int64_t now_ms)
{
	int64_t due_ms = aside_due_ms(intake->spool, file->id);

	if (due_ms == INT64_MAX)
		return false;
	if (due_ms > now_ms && !file->forced)
		due_add(&intake->due, file->id, due_ms);
	return due_ms <= now_ms || file->forced;
}

int intake_next_due(struct lease **lease, struct intake *intake, int64_t now_ms,
		    struct error *err)
{
	struct due_file file = { 0 };

	*lease = NULL;
	if (now_ms >= intake->look_ms && look_due(intake, now_ms, err) < 0)
		return -1;
	while (!*lease && due_take(&file, &intake->due, now_ms)) {
		if (!is_due(intake, &file, now_ms))
			continue;
		if (lease_take(lease, intake->tenure, SPOOL_DEFER, file.id, err) < 0)
			return -1;
		if (*lease)
			(*lease)->forced = file.forced;
		else if (file.forced)
			due_force(&intake->due, file.id, now_ms + OURS_MS);
		else
			due_add(&intake->due, file.id, now_ms + OTHERS_MS);
	}
	return 0;
}

void intake_look_again(struct intake *intake, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < INTAKE_PLACES; i++)
		intake->places[i].look_ms = now_ms;
	intake->look_ms = now_ms;
}

int64_t intake_due_ms(const struct intake *intake)
{
	int64_t due_ms = due_wake_ms(&intake->due);

	return due_ms < intake->look_ms ? due_ms : intake->look_ms;
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
