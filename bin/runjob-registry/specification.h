#ifndef BIN_RUNJOB_REGISTRY_SPECIFICATION_H
#define BIN_RUNJOB_REGISTRY_SPECIFICATION_H

#include "lib/buf.h"
#include "lib/pipeline_name.h"

struct error;
struct layout;

/* A specification that somebody wants to register. */
struct specification {
	char name[PIPELINE_NAME_LEN];
	struct buf text; /* without white space, with sorted keys */
	char sha256[65]; /* of the text */
};

#define SPECIFICATION_EMPTY                                                              \
	{                                                                                \
		"", BUF_EMPTY, ""                                                        \
	}
#define auto_specification __attribute__((cleanup(specification_free)))

/* From a file, or standard input for NULL and "-".  Each key and each task is checked as if it
 * was run; what is wrong is ERROR_DATA. */
int specification_read(struct specification *specification, const char *file,
		       const struct layout *layout, struct error *err);
void specification_free(struct specification *specification);

#endif
