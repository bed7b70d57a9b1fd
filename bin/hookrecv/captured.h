#ifndef BIN_HOOKRECV_CAPTURED_H
#define BIN_HOOKRECV_CAPTURED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * A request that somebody caught, as bytes: a request line (which may be missing, as where
 * headers are copied from a forge's page), headers, an empty line, a body.  Lines may end
 * without a carriage return.
 */
enum { CAPTURED_HEADERS = 200 };

struct captured {
	struct buf head; /* with zeros in the place of line breaks and colons */
	struct buf body; /* as it was sent: out of its chunks, cut to its length */
	const char *method;
	const char *path;
	const char *names[CAPTURED_HEADERS];
	const char *values[CAPTURED_HEADERS];
	size_t count;
	bool has_length;
	uint64_t length; /* that Content-Length tells */
	uint64_t caught; /* bytes of the body that are there */
};

#define CAPTURED_NONE                                                                    \
	{                                                                                \
		.head = BUF_EMPTY, .body = BUF_EMPTY                                     \
	}
#define auto_captured __attribute__((cleanup(captured_free)))

/* ERROR_DATA where it is no request. */
int captured_parse(struct captured *captured, struct str_view text, struct error *err);

/* From a file, or "-" for standard input. */
int captured_read(struct captured *captured, const char *path, struct error *err);
void captured_free(struct captured *captured);

/* The first header of that name, NULL when there is none; for struct signature_opening. */
const char *captured_header(const void *request, const char *name);

/* Is the body a form?  Then payload gets what is in it; false when that is nothing. */
bool captured_is_form(const struct captured *captured);
bool captured_payload(struct buf *payload, const struct captured *captured);

#endif
