#ifndef BIN_HOOKROUTE_PLUGIN_REFERENCE_H
#define BIN_HOOKROUTE_PLUGIN_REFERENCE_H

#include "lib/version.h"

struct error;

/* "lint", "lint@1" or "lint@1.2.0". */
struct reference {
	char *name;
	struct version version; /* parts is 0 when there is none */
};

#define REFERENCE_EMPTY                                                                  \
	{                                                                                \
		.name = NULL                                                             \
	}
#define auto_reference __attribute__((cleanup(reference_free)))

int reference_parse(struct reference *reference, const char *text, struct error *err);
void reference_free(struct reference *reference);

#endif
