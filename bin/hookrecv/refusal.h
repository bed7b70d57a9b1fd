#ifndef BIN_HOOKRECV_REFUSAL_H
#define BIN_HOOKRECV_REFUSAL_H

#include <stdbool.h>

struct buf;
struct trace_record;

/* A refusal for a person: append lines, or a JSON object.  name: of its hook, or NULL. */
void refusal_print(struct buf *out, const struct trace_record *record, const char *name,
		   bool json);

/* Append why it was refused, a sentence without a full stop. */
void refusal_reason(struct buf *out, const struct trace_record *record);

#endif
