#ifndef BIN_HOOKROUTE_TICK_PRINT_H
#define BIN_HOOKROUTE_TICK_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/date.h"
#include "lib/uuid.h"

struct buf;
struct registry_schedule;

/* Rows for people and, as JSON, for programs. */
struct print_event {
	const struct registry_schedule *schedule;
	const char *repository;
	char id[UUID_LEN];
	char due[DATE_LEN];
};

void print_event(struct buf *out, const struct print_event *event, bool json);

/* next_ms: when it happens next, with its jitter; 0 when it is not known. */
struct print_row {
	const struct registry_schedule *schedule;
	int64_t next_ms;
	int64_t delay_ms;
	const char *problem; /* why it cannot be read; or NULL */
};

/* The zone in force is the schedule's. */
void print_row(struct buf *out, const struct print_row *row, bool json);
void print_heading(struct buf *out);

#endif
