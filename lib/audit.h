#ifndef LIB_AUDIT_H
#define LIB_AUDIT_H

#include <stdint.h>

#include "lib/buf.h"
#include "lib/json_write.h"
#include "lib/str.h"

struct error;
struct layout;

/*
 * Who got which token when: one JSON object a line in <state>/audit.ndjson, mode 0600, appended
 * with one write; tokenmint(1) has the members.  A token is named as GitHub's own audit log names
 * it, by hashed_token, the SHA-256 in base 64; the token itself never gets here.
 */
#define AUDIT_FILE "audit.ndjson"
#define AUDIT_HASH_LEN 45 /* with its NUL */

struct audit {
	struct buf line;
	struct json_writer writer; /* for the members between start and write */
};

#define auto_audit __attribute__((cleanup(audit_free)))

/* The line's "at" and "event". */
void audit_start(struct audit *audit, const char *event, int64_t now_ms);

/* Its "hashed_token". */
void audit_token(struct audit *audit, struct str_view token);
void audit_hash(char hash[static AUDIT_HASH_LEN], struct str_view token);

/* End the line and append it.  Waits while audit_trim is at work. */
int audit_write(struct audit *audit, const struct layout *layout, struct error *err);
void audit_free(struct audit *audit);

/* Drop the lines before a time; *dropped counts them.  The others stay as they are. */
int audit_trim(uint64_t *dropped, const struct layout *layout, int64_t before_ms,
	       struct error *err);

#endif
