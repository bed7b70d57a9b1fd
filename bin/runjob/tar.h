#ifndef BIN_RUNJOB_TAR_H
#define BIN_RUNJOB_TAR_H

#include <stdint.h>

#include "lib/str.h"

struct error;

/* An archive as POSIX.1-1988 (ustar) has it, written member by member. */
struct tar {
	int fd;
	int64_t unix_s; /* the time of all members */
};

/* A file; what follows the last slash of its name is at most 100 bytes long, and what is before it
 * 155. */
int tar_add(const struct tar *tar, const char *name, struct str_view bytes,
	    struct error *err);
int tar_end(const struct tar *tar, struct error *err);

#endif
