#ifndef BIN_HOOKROUTE_CONSUMER_FILE_H
#define BIN_HOOKROUTE_CONSUMER_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/hookroute/retry.h"

struct error;
struct layout;

/* consumers.d/NAME.json: {"exec":["PROGRAM","ARGUMENT",…],"in_flight":64,"timeout":"10m",
 * "retry":"5s 1m","expire":"3d"}.  See hookroutes(5). */
struct consumer_file {
	char **argv; /* ends with NULL */
	uint64_t in_flight;
	uint64_t timeout_ms; /* for its next reply */
	uint64_t digest;     /* of its text */
	bool has_retry;	     /* its own, not the setting */
	struct retry retry;  /* expire_ms is always its own */
};

#define CONSUMER_FILE_EMPTY                                                              \
	{                                                                                \
		.argv = NULL                                                             \
	}
#define auto_consumer_file __attribute__((cleanup(consumer_file_free)))

int consumer_file_read(struct consumer_file *file, const char *name,
		       const struct layout *layout, struct error *err);
void consumer_file_free(struct consumer_file *file);

#endif
