#ifndef LIB_JSON_SCAN_H
#define LIB_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

/*
 * A streaming validator of JSON (RFC 8259, strict: one value, UTF-8 without
 * surrogates or overlong forms, no raw control characters in strings) in
 * constant memory.  A lone surrogate written as \uD800 is JSON by the grammar and
 * passes.  It builds nothing, so it may face the network.
 */
#define JSON_SCAN_DEPTH 120 /* nesting; libjq 1.6 reads no more than 128 objects */

struct json_scan {
	uint8_t state;
	uint8_t left;	  /* bytes that a \u or a UTF-8 sequence still wants */
	uint8_t utf8_low; /* the range the next byte of a UTF-8 sequence must be in */
	uint8_t utf8_high;
	bool in_key; /* the string we are in is a member's name */
	uint16_t depth;
	const char *literal; /* what must come of true, false or null */
	uint8_t in_object[(JSON_SCAN_DEPTH + 7) / 8];
	uint64_t offset; /* bytes accepted so far; on failure, where the bad byte is */
	const char *problem; /* static text once something is wrong, else NULL */
};

/* Start over; the value may have at most JSON_SCAN_DEPTH levels. */
void json_scan_start(struct json_scan *scan);

/*
 * Take the next bytes; false once they cannot be JSON (scan->problem tells why).
 * Line breaks between tokens are turned into spaces in place, so that the value
 * is one line afterwards; nothing else is changed.
 */
bool json_scan_feed(struct json_scan *scan, char *bytes, size_t len);

/* The input has ended: was it one whole value? */
bool json_scan_finish(struct json_scan *scan);

/*
 * The raw bytes of a member of the object in text (valid JSON), without the
 * white space around it; the last one if the key is there twice.  Keys are
 * compared as they are written (escapes in a key do not match).  False when
 * text is no object or has no such member.
 */
bool json_scan_member(struct str_view *value, struct str_view text, const char *key);

/*
 * The next member of the object in rest (valid JSON), which moves behind it: the name as
 * it is written, without its quotes, and the value's raw bytes.  False at the end, or when
 * rest is no object.
 */
bool json_scan_next(struct str_view *name, struct str_view *value, struct str_view *rest);

/* The same with an array's elements, from rest (valid JSON, no white space in front). */
bool json_scan_element(struct str_view *value, struct str_view *rest);

#endif
