#ifndef LIB_STR_H
#define LIB_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* A view of bytes that somebody else owns; no NUL behind it. */
struct str_view {
	const char *data;
	size_t len;
};

/* False when one of them is NULL. */
bool str_equal(const char *a, const char *b);
bool str_equal_nocase(const char *a, const char *b);
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
bool str_view_equal(struct str_view view, const char *text);

/* A copy the caller frees; ends the process with 71 when memory is out.  NULL gives NULL. */
char *str_dup(const char *text);
char *str_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The text before the next separator; text moves behind it.  *text is NULL at the end. */
struct str_view str_split(const char **text, char separator);

/* A decimal number from min to max, digits only; otherwise ERROR_DATA. */
int str_to_u64(uint64_t *number, const char *text, uint64_t min, uint64_t max,
	       struct error *err);

/* The number that the text begins with, 0 when none does: for what the kernel writes. */
uint64_t str_leading_u64(const char *text);

/* "12.5" is 1250: digits, at most 2 more behind a point, and no more than 2^32 before it; gives
 * false for anything else, and leaves *hundredths alone then. */
bool str_to_hundredths(uint64_t *hundredths, struct str_view text);

/* "500ms" "90s" "10m" "2h" "7d", a bare number is seconds; gives milliseconds. */
int str_to_duration(uint64_t *duration_ms, const char *text, struct error *err);

/* "512K" "25M" "2G" (powers of 1024), a bare number is bytes; gives bytes. */
int str_to_size(uint64_t *bytes, const char *text, struct error *err);

/* The one identifier check: 3 to 32 letters, digits and hyphens. */
bool str_is_identifier(const char *text);

/* "owner/repository" or a plain name: 1 to 140 of [A-Za-z0-9._-] and at most
 * one '/' between two parts; no part is "." or "..". */
bool str_is_name(const char *text);

#endif
