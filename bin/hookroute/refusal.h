#ifndef BIN_HOOKROUTE_REFUSAL_H
#define BIN_HOOKROUTE_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* A route file that is not run for an event, for what it did before with it. */
enum refusal_why {
	REFUSED_TIME,	/* amount: milliseconds */
	REFUSED_MEMORY, /* amount: bytes */
	REFUSED_CRASH,	/* amount: the signal, or 0 */
	REFUSED_COUNT,	/* amount: deliveries */
	REFUSED_SIZE,	/* amount: bytes of all deliveries */
	REFUSED_SILENT, /* amount: milliseconds */
};

enum { REFUSED_EVENT = UINT32_MAX };

struct refusal {
	uint32_t file; /* its number; REFUSED_EVENT: the event cannot even be read */
	uint32_t why;
	uint64_t amount;
};

/* What happened and what to do about it, appended. */
void refusal_write(struct buf *out, const struct refusal *refusal);

/* "1 s", "250 ms"; "64 MB". */
void refusal_write_time(struct buf *out, uint64_t time_ms);
void refusal_write_size(struct buf *out, uint64_t bytes);

#endif
