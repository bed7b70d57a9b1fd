#ifndef BIN_RUNJOB_QUEUE_GATE_H
#define BIN_RUNJOB_QUEUE_GATE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/pressure.h"

struct config;
struct error;
struct job_queue;

/*
 * Nothing begins while there is too much pressure.  When it rises is read whenever something
 * could begin, and told by the kernel: "some avg10" takes up to ten seconds to say what its
 * triggers say within two.  That it has fallen nobody tells, a trigger fires while pressure is
 * there, so a timer does, and only while something is held: set to when the average can be at its
 * limit at the earliest, not to a period.
 */
struct gate {
	struct pressure pressure;
	bool is_watched[PRESSURE_KINDS];
	int64_t rose_ms[PRESSURE_KINDS]; /* steady; when the kernel told so last */
	bool is_shut;
	struct pressure_over said; /* while it is shut: why */
	int look_ms;		   /* and how long it is for sure */
};

#define GATE_NONE                                                                        \
	{                                                                                \
		.pressure = PRESSURE_NONE                                                \
	}

int gate_open(struct gate *gate, const struct job_queue *queue,
	      const struct config *config, struct error *err);

/* What tells of a rise, for poll(2), and what it told. */
void gate_poll(struct pollfd polled[static PRESSURE_KINDS], const struct gate *gate);
void gate_take(struct gate *gate, const struct pollfd polled[static PRESSURE_KINDS]);

/* Look; the queue says of itself why nothing begins. */
bool gate_is_shut(struct gate *gate, const struct job_queue *queue);

/* Nothing is held any more. */
void gate_lift(struct gate *gate, const struct job_queue *queue);
void gate_close(struct gate *gate);

#endif
