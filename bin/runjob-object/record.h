#ifndef BIN_RUNJOB_OBJECT_RECORD_H
#define BIN_RUNJOB_OBJECT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob-object/key.h"
#include "lib/str.h"

struct buf;
struct error;
struct scope;

/* What a key points to: the file of the key, a JSON object in a line; see hookjobs(5). */
enum { RECORD_HASH_LEN = 65 };

struct record {
	char key[KEY_LEN];
	char sha256[RECORD_HASH_LEN]; /* of the contents, and their file's name */
	uint64_t size;
	int64_t created_ms;
	int64_t expires_ms; /* 0: never */
	int64_t expired_ms; /* when gc saw that it had; 0: it has not seen it */
};

bool record_is_hash(const char *text);

/* Without a line break. */
void record_dump(struct buf *out, const struct scope *scope, const struct record *record);

/* The same and whether it is expired, for list and put. */
void record_tell(struct buf *out, const struct scope *scope, const struct record *record,
		 bool expired);
int record_parse(struct record *record, struct str_view text, struct error *err);

#endif
