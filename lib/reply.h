#ifndef LIB_REPLY_H
#define LIB_REPLY_H

#include "lib/str.h"

struct buf;
struct error;

/*
 * What a consumer of hookpipe(7) answers to a line that it could not take, appended with its
 * line break: {"ok":false,"error":{"kind":"temporary","message":"…"}}.  The kind is
 * temporary where a later try may help.
 */
void reply_write_failure(struct buf *out, const struct error *problem);

/*
 * The loop of a consumer that takes one line at a time: standard input to its end, take
 * appends the reply to each.  A line of more than 64 MB is refused, and the next one taken.
 */
int reply_serve(void (*take)(void *context, struct buf *reply, struct str_view line),
		void *context, struct error *err);

#endif
