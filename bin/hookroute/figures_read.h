#ifndef BIN_HOOKROUTE_FIGURES_READ_H
#define BIN_HOOKROUTE_FIGURES_READ_H

#include <stddef.h>

#include "bin/hookroute/figures.h"
#include "lib/spool.h"

struct error;

/* What all routers of a spool have done, and how it stands. */
struct figures_all {
	struct figures_page all;      /* added up, the dead ones too */
	struct figures_page *routers; /* the living, in the order they were started */
	size_t count;
	struct figures_page page; /* the last one that was read */
	struct figures_queue {
		size_t files;
		int64_t oldest_ms; /* when its oldest event came; 0: it is empty */
	} queues[SPOOL_STATES];
};

#define FIGURES_ALL_EMPTY                                                                \
	{                                                                                \
		.count = 0                                                               \
	}
#define auto_figures_all __attribute__((cleanup(figures_all_free)))

int figures_read(struct figures_all *figures, const char *state, struct error *err);
void figures_all_free(struct figures_all *figures);

/* The states that are looked at: what is done is only history. */
enum { FIGURES_STATES = 5 };
extern const enum spool_state figures_states[FIGURES_STATES];

/* So many of a thousand replies came within that time; interpolated between the bounds.
 * -1 when there was none. */
int64_t figures_quantile_ms(const struct figures_consumer *consumer, unsigned permille);

#endif
