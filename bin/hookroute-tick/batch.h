#ifndef BIN_HOOKROUTE_TICK_BATCH_H
#define BIN_HOOKROUTE_TICK_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/uuid.h"

struct error;
struct layout;
struct registry;

/*
 * The events of a tick on their way into the spool: collected in the registry, in the
 * transaction that settles their schedules, then published file by file and forgotten there.
 * Wherever that is broken off, the next one goes on with the same files: nothing is lost, and
 * what the spool has is not put there again.
 */
struct batch {
	struct registry *registry; /* not owned */
	struct uuid_source ids;	   /* of files */
	struct buf events;	   /* of a file, whole lines */
	size_t count;
	int64_t now_ms;
};

#define auto_batch __attribute__((cleanup(batch_free)))

/* Add an event, a line with its break; it may fill a file. */
int batch_add(struct batch *batch, const struct buf *line, struct error *err);

/* Keep what the last file has. */
int batch_close(struct batch *batch, struct error *err);
void batch_free(struct batch *batch);

/* Bring the files that the registry keeps into the spool; *files is how many were there. */
int batch_publish(size_t *files, struct registry *registry, const struct layout *layout,
		  struct error *err);

#endif
