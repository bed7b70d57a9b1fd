#ifndef LIB_SEALED_H
#define LIB_SEALED_H

#include <stddef.h>

#include "lib/crypto.h"

struct error;

/*
 * A file's bytes in memory that nobody can change any more (a sealed memfd), and the SHA-256 of
 * just these bytes: what was checked is what is executed, whatever becomes of the file.
 */
#define SEALED_LIMIT ((size_t)256 << 20)

struct sealed {
	int fd; /* executable, close-on-exec; -1 when there is none */
	size_t len;
	char digest[CRYPTO_SHA256_LEN * 2 + 1]; /* hexadecimal */
};

#define SEALED_NONE                                                                      \
	{                                                                                \
		-1, 0, ""                                                                \
	}
#define auto_sealed __attribute__((cleanup(sealed_close)))

/* The rest of what fd gives; what names it in errors.  More than SEALED_LIMIT bytes is
 * ERROR_DATA. */
int sealed_take(struct sealed *sealed, int fd, const char *what, struct error *err);

/* A regular file, no link.  None is ERROR_ABSENT. */
int sealed_open(struct sealed *sealed, const char *path, struct error *err);
void sealed_close(struct sealed *sealed);

#endif
