#ifndef BIN_HOOKROUTE_TERMINAL_H
#define BIN_HOOKROUTE_TERMINAL_H

#include "lib/str.h"

struct buf;

/*
 * Append the text of a JSON string, as it is written and without its quotes, for people.
 * What a terminal would obey, or what would turn around the order of what is read, stays or
 * becomes an escape: nothing that came from outside moves the cursor.
 */
void terminal_add(struct buf *out, struct str_view text);

/* JSON as it is, but for such characters. */
void terminal_add_raw(struct buf *out, struct str_view json);

/* A string's text in a column: blanks up to width. */
void terminal_add_column(struct buf *out, struct str_view text, size_t width);

#endif
