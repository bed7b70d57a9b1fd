#ifndef BIN_HOOKROUTE_ASIDE_H
#define BIN_HOOKROUTE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/routes.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct buf;
struct error;
struct json_writer;
struct spool;

/*
 * What is not delivered now: an event that waits for its next try (defer/<id>: its line,
 * then a line that says what is left of it; the first time of these is the file's; an older
 * one means that a person wants all of it tried), and one given up
 * (dead/<id>, and dead/<id>.why with a line for each delivery).  Both are on the disk when
 * these return.
 */
struct aside {
	const struct spool *spool;
	const char *id; /* of the event */
	struct str_view line;
};

/* The same in steps, for many at once: written, but not under its name; then, when the
 * caller has synced them, all put in place.  One that is not goes by aside_unstage. */
struct aside_staged {
	int fd; /* -1 when there is none */
	char id[UUID_LEN];
};

#define ASIDE_STAGED_NONE                                                                \
	{                                                                                \
		.fd = -1                                                                 \
	}

int aside_stage(struct aside_staged *staged, const struct aside *aside,
		const struct deliveries *left, int64_t due_ms, struct error *err);
int aside_publish(struct aside_staged *const *list, size_t count,
		  const struct spool *spool, struct error *err);
void aside_unstage(struct aside_staged *staged, const struct spool *spool);

int aside_defer(const struct aside *aside, const struct deliveries *left, int64_t due_ms,
		struct error *err);

/* The time of defer/<id>. */
int aside_set_due(const struct spool *spool, const char *id, int64_t due_ms,
		  struct error *err);

/* The last line of defer/<id>, in text; empty when there is no such file. */
int aside_read_state(struct buf *text, struct str_view *line, const struct spool *spool,
		     const char *id, struct error *err);

/* The second line of defer/<id>. */
int aside_read(struct deliveries *left, struct str_view line, struct error *err);

int aside_bury(const struct aside *aside, const struct delivery *delivery,
	       struct error *err);

/*
 * What dead/<id>.why says was given up, each delivery once and with all its tries again.
 * *reroute: something in it never got as far as a consumer, or nobody wrote a reason, the
 * routes have to decide anew.
 */
int aside_read_why(struct deliveries *left, bool *reroute, const struct spool *spool,
		   const char *id, struct error *err);

/* Whoever reads dead/ to change it locks it, so that nothing is added meanwhile; aside_bury
 * does. */
int aside_lock_dead(const struct spool *spool, struct error *err);
void aside_unlock_dead(const struct spool *spool);

/* dead/<id> is dealt with: take it and its reasons away. */
int aside_forget(const struct spool *spool, const char *id, struct error *err);

/* The members of a delivery, in defer/ and in a reason. */
void aside_write_delivery(struct json_writer *writer, const struct delivery *delivery);

/* When defer/<id> is due; INT64_MAX when it is gone. */
int64_t aside_due_ms(const struct spool *spool, const char *id);

#endif
