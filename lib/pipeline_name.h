#ifndef LIB_PIPELINE_NAME_H
#define LIB_PIPELINE_NAME_H

#include <stdint.h>

struct error;

/* What a registered pipeline is named by: "site", or "site@3", one of its versions. */
#define PIPELINE_NAME_LEN 33 /* 32 characters and the NUL */

struct pipeline_name {
	char name[PIPELINE_NAME_LEN];
	uint64_t version; /* 0: none is named */
};

/* The one check of identifiers (str_is_identifier) wherever one is entered; ERROR_USAGE. */
int pipeline_name_parse(struct pipeline_name *name, const char *text, struct error *err);

#endif
