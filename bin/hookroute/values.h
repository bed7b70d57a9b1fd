#ifndef BIN_HOOKROUTE_VALUES_H
#define BIN_HOOKROUTE_VALUES_H

#include <stdint.h>

struct error;

/* What options may be set to: each takes the text, and the option's name for ERROR_USAGE. */

/* From 1 to max. */
int values_number(uint64_t *number, const char *name, const char *text, uint64_t max,
		  struct error *err);
int values_duration(uint64_t *duration_ms, const char *name, const char *text,
		    struct error *err);
int values_size(uint64_t *bytes, const char *name, const char *text, struct error *err);

/* "2d" ago, a day ("2026-11-20", from its beginning, UTC) or a time of RFC 3339. */
int values_time(int64_t *unix_ms, const char *name, const char *text, struct error *err);

int values_id(const char **id, const char *name, const char *text, struct error *err);

/* A file name as "push"; kind says as what. */
int values_word(const char **word, const char *name, const char *text, struct error *err);

/* "acme/site", or with *, ? and [ for several. */
int values_pattern(const char **pattern, const char *name, const char *text,
		   struct error *err);

#endif
