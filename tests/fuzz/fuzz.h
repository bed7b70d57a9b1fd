#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/cleanup.h"

/*
 * A harness is one function: it feeds the bytes to a parser and aborts when a promise of its
 * header is broken.  The sanitizers see the rest.  See tests/fuzz/run.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define FUZZ_PROMISE(condition)                                                          \
	do {                                                                             \
		if (!(condition))                                                        \
			abort();                                                         \
	} while (0)

/* The bytes and a NUL in memory of just that size; the caller frees it. */
char *fuzz_text(const uint8_t *bytes, size_t size);

/* The same without the NUL, so that a byte read too far is seen. */
char *fuzz_copy(const uint8_t *bytes, size_t size);

/* A new folder with the file name in it, made once; later calls replace what it holds. */
const char *fuzz_file(const char *name, const uint8_t *bytes, size_t size);

/* A request's headers, "name: value" in lines. */
struct fuzz_head {
	char *text; /* a NUL in the place of each line break, the caller's to free */
	size_t size;
	bool has_lines;
};

struct fuzz_head fuzz_head(const void *bytes, size_t size);

/* The value of the first with this name, NULL when there is none: a signature_header_fn. */
const char *fuzz_header(const void *request, const char *name);

/*
 * libjq 1.6 loses the value that follows another one without a comma: while this is in scope
 * leaks are forgiven if the bytes are no JSON.  (`auto_forgive bool forgiven = fuzz_forgive(…);`)
 */
bool fuzz_forgive(const uint8_t *bytes, size_t size);
void fuzz_forgive_end(const bool *forgiven);
#define auto_forgive __attribute__((cleanup(fuzz_forgive_end), unused))

#endif
