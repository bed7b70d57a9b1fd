#ifndef BIN_HOOKRECV_INTAKE_H
#define BIN_HOOKRECV_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "bin/hookrecv/form.h"
#include "lib/buf.h"
#include "lib/event.h"
#include "lib/json_scan.h"
#include "lib/spool.h"

struct error;
struct keyring_keys;

/*
 * One event while its payload streams in: checked to be JSON as it comes, kept in memory
 * up to INTAKE_MEMORY bytes (INTAKE_MEMORY_NAMED if it names the event) and beyond that in
 * a spool file of its own, so that memory stays bounded whatever is sent.  When all of them
 * keep more than INTAKE_MEMORY_ALL, each keeps INTAKE_MEMORY_TIGHT at most.
 */
enum {
	INTAKE_MEMORY = 64 << 10,
	INTAKE_MEMORY_NAMED = 1 << 20,
	INTAKE_MEMORY_ALL = 8 << 20,
	INTAKE_MEMORY_TIGHT = 16 << 10,
};

struct intake {
	const struct spool *spool;
	char id[UUID_LEN];
	size_t head;		/* bytes of the line in front of the payload */
	size_t memory;		/* so many bytes are kept in memory */
	size_t *all;		/* what all keep; NULL: nobody counts */
	size_t counted;		/* of which this one */
	struct buf line;	/* the head, then the payload while it is small */
	struct spool_file file; /* in use once it was not */
	struct json_scan scan;
	struct form form;
	bool is_form;
	bool broken; /* no JSON: the rest is not kept */
};

/* spool: where a large payload goes.  id: of the event.  The caller frees it. */
void intake_start(struct intake *intake, const struct spool *spool,
		  const struct event_head *head);

/*
 * The next bytes of the body.  payload gets what they bring to the payload (the bytes
 * themselves, or what a form carries in them), for a signature over it; it is emptied
 * first.  A disk that is full is the only failure; then nothing of it stays there.
 */
int intake_add(struct intake *intake, struct buf *payload, const char *bytes, size_t len,
	       struct error *err);

/* The body is complete: is the payload JSON?  NULL, or what is wrong with it. */
const char *intake_problem(struct intake *intake);

/* The payload when it is whole and in memory, else empty. */
struct str_view intake_payload(const struct intake *intake);

/* Put event and delivery into the head that was written without them: text that stands in
 * JSON as it is; an empty one leaves what is there. */
void intake_name(struct intake *intake, struct str_view event, struct str_view delivery);

/* Put another key's name, as long as the one it was begun with, into the head. */
int intake_key(struct intake *intake, const char *key, struct error *err);

/* Overwrite the hook's own secrets in the payload; how many there were. */
int intake_mask(size_t *count, struct intake *intake, const struct keyring_keys *keys,
		struct error *err);

/* Write the line's end.  A small event is then whole in ->line, a large one in ->file. */
int intake_finish(struct intake *intake, struct error *err);
bool intake_is_large(const struct intake *intake);
void intake_free(struct intake *intake);

#endif
