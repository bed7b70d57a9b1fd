#ifndef BIN_HOOKROUTE_INTAKE_H
#define BIN_HOOKROUTE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/due.h"
#include "bin/hookroute/names.h"
#include "lib/spool.h"

struct error;
struct lease;
struct tenure;

/*
 * Which file of the spool comes next: what a dead router left in cur/, then new/ in the order
 * of time; and what is due in defer/.  A folder is read once for all that lies in it;
 * inotify(7) says when to look again, and in defer/ at what.
 */
struct intake_place {
	enum spool_state state;
	struct names names; /* of the last look, not taken yet */
	int64_t look_ms;    /* when to look again; INT64_MAX for when inotify says so */
};

enum { INTAKE_PLACES = 2 };

struct intake {
	const struct spool *spool;
	struct tenure *tenure; /* for what is leased */
	struct intake_place places[INTAKE_PLACES];
	struct due due;	 /* defer/ */
	int64_t look_ms; /* when to look at all of defer/ */
	int inotify;	 /* -1 when not following */
	int watches[2];	 /* of new/ and defer/ */
};

/* follow: say what arrives later as well. */
int intake_open(struct intake *intake, struct tenure *tenure, bool follow,
		struct error *err);
void intake_close(struct intake *intake);

/* Look at all folders anew: something was done to them, or to the clock. */
void intake_look_again(struct intake *intake, int64_t now_ms);

/* Take in what inotify has to say. */
void intake_listen(struct intake *intake, int64_t now_ms);

/* The next file of cur/ and new/, or of defer/, leased; *lease is NULL when there is none
 * now. */
int intake_next(struct lease **lease, struct intake *intake, int64_t now_ms,
		struct error *err);
int intake_next_due(struct lease **lease, struct intake *intake, int64_t now_ms,
		    struct error *err);

/* When intake_next, or intake_next_due, has to be asked although inotify is silent. */
int64_t intake_wake_ms(const struct intake *intake);
int64_t intake_due_ms(const struct intake *intake);

#endif
