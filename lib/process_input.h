#ifndef LIB_PROCESS_INPUT_H
#define LIB_PROCESS_INPUT_H

#include "lib/str.h"

struct error;

/* A file in memory with these bytes, for a process to read as its stdin: it waits for nobody to
 * read it, and is read from the beginning.  *fd is close-on-exec, and the caller's to close. */
int process_input(int *fd, struct str_view input, struct error *err);

#endif
