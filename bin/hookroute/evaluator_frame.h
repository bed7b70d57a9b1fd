#ifndef BIN_HOOKROUTE_EVALUATOR_FRAME_H
#define BIN_HOOKROUTE_EVALUATOR_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bin/hookroute/deliveries.h"
#include "lib/str.h"

struct buf;

/* What goes between an evaluator and its child, both of one program: a head, and bytes. */
struct frame_question {
	uint64_t number;
	uint32_t line_len;
	uint32_t refusal_count; /* they come first */
};

struct frame_answer {
	uint64_t number;
	uint32_t len;
	uint32_t is_problem; /* the bytes are a message, no deliveries */
};

void frame_add_deliveries(struct buf *out, const struct deliveries *deliveries);

/* False when these bytes are none. */
bool frame_read_deliveries(struct deliveries *deliveries, struct str_view bytes);

#endif
