#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;
struct error;

/*
 * JSON values of libjq.  These functions only look at a jv (libjq's own consume it);
 * `auto_jv jv value = jv_invalid();` frees it.  libjq 1.6 rounds integers beyond 2^53
 * and stops at depth 256: what must survive byte for byte is cut out of the text with
 * json_scan_member instead.
 */
#define auto_jv __attribute__((cleanup(json_free)))

void json_free(jv *value);

/* One whole value; otherwise ERROR_DATA with the parser's own words. */
int json_parse(jv *value, const char *text, size_t len, struct error *err);

/* The value as compact text, appended. */
void json_dump(struct buf *out, jv value);

/* The same with the keys of objects sorted: one text for what means the same. */
void json_dump_sorted(struct buf *out, jv value);

/* One compact line on a stream, flushed; a failed write is ERROR_SYSTEM. */
int json_print(FILE *stream, jv value, struct error *err);

/*
 * A member of an object.  Missing or null is *text = NULL (or the number untouched)
 * and fine; another type is ERROR_DATA naming the key.  Strings with a NUL inside are
 * ERROR_DATA.  *text is the caller's to free.
 */
int json_get_string(char **text, jv object, const char *key, struct error *err);
int json_get_u64(uint64_t *number, jv object, const char *key, struct error *err);
int json_get_bool(bool *value, jv object, const char *key, struct error *err);

/* A member as it is, or an invalid jv; the caller frees it. */
jv json_get(jv object, const char *key);

/* How many elements an array or members an object has; 0 for anything else. */
size_t json_length(jv value);

/* An array of an object's keys, sorted; the caller frees it. */
jv json_keys(jv object);

/* An element that is a string; anything else is ERROR_DATA naming what. */
int json_element(char **text, jv array, size_t index, const char *what,
		 struct error *err);

#endif
