#ifndef BIN_HOOKROUTE_CONSUMER_FILE_H
#define BIN_HOOKROUTE_CONSUMER_FILE_H

#include <stdint.h>

struct error;
struct layout;

/* consumers.d/NAME.json: {"exec":["PROGRAM","ARGUMENT",…],"in_flight":64}.  See
 * hookroutes(5).  argv is freed with consumer_file_free, and ends with NULL. */
int consumer_file_read(char ***argv, uint64_t *in_flight, const char *name,
		       const struct layout *layout, struct error *err);
void consumer_file_free(char **argv);

#endif
