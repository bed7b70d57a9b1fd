#ifndef LIB_JSON_OBJECT_H
#define LIB_JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

struct buf;

/*
 * Objects that somebody else wrote and that must mean the same to every reader: a name is
 * compared by what it says, not by how it is written ("\u0061lg" is "alg"), and no name may
 * be there twice.
 */
#define JSON_OBJECT_MEMBERS 100 /* and no more members than this */

/* One JSON object, white space around it allowed, of that kind; otherwise *problem is a static
 * text that says what is wrong. */
bool json_object_is_sound(struct str_view text, const char **problem);

/* The raw bytes of the member of a sound object, or false. */
bool json_object_find(struct str_view *value, struct str_view object, const char *name);

/* Append what the raw string, quotes included, says in UTF-8; false, and out unchanged, when
 * it is no string or has half a surrogate pair. */
bool json_object_text(struct buf *out, struct str_view raw);

#endif
