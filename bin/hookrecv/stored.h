#ifndef BIN_HOOKRECV_STORED_H
#define BIN_HOOKRECV_STORED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/spool.h"
#include "lib/str.h"

struct error;
struct provider;

/* One event as it lies in the spool, for people: nothing is taken or locked. */
struct stored {
	struct buf line;
	char *folder; /* "new", "done/2026-11-20" */
	char file[UUID_LEN];
	unsigned together;  /* so many events were made durable by the same sync */
	int64_t written_ms; /* 0 where the event has got another file since */
};

#define STORED_NONE                                                                      \
	{                                                                                \
		BUF_EMPTY, NULL, "", 0, 0                                                \
	}
#define auto_stored __attribute__((cleanup(stored_free)))

/* In any folder but tmp/. */
int stored_find(struct stored *stored, bool *found, const struct spool *spool,
		const char *id, struct error *err);
void stored_free(struct stored *stored);

/* The newest of the files that wait, that are worked on, and that were dealt with last: of
 * each file its first event, up to most in all. */
int stored_latest(const struct spool *spool, size_t most,
		  void (*each)(void *context, const struct stored *stored), void *context,
		  struct error *err);

/* Received minus signed, where a header that is kept says when it was signed; provider may
 * be NULL. */
bool stored_skew(int64_t *skew_ms, const struct stored *stored,
		 const struct provider *provider);

/* A member that is a string, as it is written, without its quotes; empty for another. */
struct str_view stored_member(const struct stored *stored, const char *name);

#endif
