#ifndef BIN_RUNJOB_REPORT_TAIL_H
#define BIN_RUNJOB_REPORT_TAIL_H

#include <stddef.h>

struct buf;
struct error;

/*
 * The end of a job's log as text: at most limit bytes of valid UTF-8, from the beginning of a
 * line where there is one; what is no UTF-8 becomes U+FFFD, terminal sequences and
 * other control characters go.  A missing log, or a
 * symbolic link in its place, is empty.
 */
int tail_read(struct buf *text, const char *path, size_t limit, struct error *err);

#endif
