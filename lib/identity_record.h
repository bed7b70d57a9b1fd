#ifndef LIB_IDENTITY_RECORD_H
#define LIB_IDENTITY_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * What is in our files about API keys and sessions: {"record":{...},"seal":"<hex>"} and a line
 * break.  The seal is the HMAC-SHA-256 of the record's bytes as they stand.
 */
void identity_record_write(struct buf *out, struct str_view record,
			   const uint8_t *seal_key);

/* *record points into text.  ERROR_DENIED when it is not what was written. */
int identity_record_open(struct str_view *record, struct str_view text,
			 const uint8_t *seal_key, struct error *err);

/* The members of a record: a string (the caller's to free) or null, which gives NULL; a time or
 * null, which gives 0.  False for anything else. */
bool identity_record_text(char **text, struct str_view record, const char *name);
bool identity_record_time(int64_t *ms, struct str_view record, const char *name);

struct json_writer;

void identity_record_write_time(struct json_writer *writer, const char *name, int64_t ms);

#endif
