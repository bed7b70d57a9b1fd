#ifndef BIN_HOOKRECV_TRACE_H
#define BIN_HOOKRECV_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/address.h"
#include "lib/uuid.h"

struct error;

/*
 * The last refusals, for a person who asks why: <state>/refused, a file of fixed size in
 * shared memory that all receivers write to without a lock and without a sync.  What came
 * to a hook that exists has a ring of its own, so that somebody who tries addresses does not
 * push out what a forge was told.  It holds no secret, no signature and no body; its texts
 * are printable ASCII.
 */
enum { TRACE_HOOKS = 192, TRACE_REST = 64, TRACE_RECORDS = TRACE_HOOKS + TRACE_REST };

enum { TRACE_NAME = 40, TRACE_DETAIL = 80, TRACE_DIGEST = 17, TRACE_HEADERS = 500 };

struct trace_record {
	uint64_t number; /* 0: empty, or being written */
	int64_t first_ms;
	int64_t last_ms; /* the same again, */
	uint64_t times;	 /* so often in all */
	uint64_t bytes;	 /* of the body that came */
	int64_t skew_ms;
	int64_t old_ms; /* the old secret it was signed with, and how long that is over */
	int64_t ended_ms;
	uint16_t status;  /* 0: the connection broke off */
	uint8_t reason;	  /* enum diagnose_reason */
	uint8_t has_skew; /* no bool: the file may hold anything */
	uint8_t is_known; /* it came to a hook that exists */
	char remote[ADDRESS_LEN];
	char hook[UUID_LEN];
	char provider[TRACE_NAME];
	char code[TRACE_NAME];
	char header[TRACE_NAME]; /* of the signature that decided, or that is missing */
	char prefix[TRACE_NAME];
	char other[TRACE_NAME]; /* another provider's header, and whose */
	char other_provider[TRACE_NAME];
	char detail[TRACE_DETAIL];
	char digest[TRACE_DIGEST];   /* of the payload's SHA-256, the first half */
	char headers[TRACE_HEADERS]; /* the names of those that came, a blank between */
};

struct trace_file;

struct trace {
	struct trace_file *file; /* NULL when closed */
};

#define TRACE_NONE                                                                       \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_trace __attribute__((cleanup(trace_close)))

/* Made when it is missing. */
int trace_open(struct trace *trace, const char *path, struct error *err);
void trace_close(struct trace *trace);

/* Was the same refused among the last few?  Then its record, which may be counted up; else
 * NULL.  The same: status, code, hook, sender, and reason and detail where these count. */
struct trace_record *trace_find(const struct trace *trace,
				const struct trace_record *like, bool any_reason);
void trace_again(struct trace_record *record, int64_t now_ms);

/* A new record, in the place of its ring's oldest. */
void trace_add(const struct trace *trace, const struct trace_record *record);

/* Copy a text so that nothing in it can hurt a terminal; it may be cut off. */
void trace_text(char *out, size_t room, const char *text);

/* All records, the oldest refusal first. */
struct trace_records {
	struct trace_record *list;
	size_t count;
};

#define TRACE_RECORDS_EMPTY                                                              \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_trace_records __attribute__((cleanup(trace_records_free)))

void trace_read(struct trace_records *records, const struct trace *trace);
void trace_records_free(struct trace_records *records);

#endif
