#ifndef BIN_HOOKROUTE_CONFORM_SAMPLES_H
#define BIN_HOOKROUTE_CONFORM_SAMPLES_H

#include <stddef.h>

#include "lib/buf.h"
#include "lib/str.h"
#include "lib/uuid.h"

struct error;

/* Values that the consumer under test should take, and what is made of them.  Each that is an
 * object bears an id that was never there before. */
struct conform_samples {
	struct buf text; /* lines of JSON */
	size_t at;	 /* in it, of the next one */
	struct uuid_source ids;
};

#define CONFORM_SAMPLES_EMPTY                                                            \
	{                                                                                \
		.at = 0                                                                  \
	}
#define auto_conform_samples __attribute__((cleanup(conform_samples_free)))

/* path: a file of one JSON value a line; NULL: an event of hookevent(5). */
int conform_samples_read(struct conform_samples *samples, const char *path,
			 struct error *err);
void conform_samples_free(struct conform_samples *samples);

/* Append the next value, without a line break. */
void conform_samples_next(struct buf *out, struct conform_samples *samples);

/* The same with this member at its end, in the place of one of that name: name is "payload",
 * raw is JSON.  A value that is no object stays as it is. */
void conform_samples_with(struct buf *out, struct conform_samples *samples,
			  const char *name, struct str_view raw);

#endif
