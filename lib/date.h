#ifndef LIB_DATE_H
#define LIB_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Dates are Unix time in milliseconds, UTC.  Only date_now_ms reads the clock. */
#define DATE_LEN 25 /* "2026-11-20T23:45:10.123Z" and the NUL */

int64_t date_now_ms(void);

/* Milliseconds of a clock that nobody sets, for how long something takes. */
int64_t date_steady_ms(void);

/* RFC 3339 with milliseconds and Z. */
void date_format(char out[static DATE_LEN], int64_t unix_ms);

/* RFC 3339 with any fraction and offset; false when it is not one. */
bool date_parse(int64_t *unix_ms, const char *text);

/* The date of an HTTP header, RFC 9110 5.6.7 (IMF-fixdate); false when it is not one. */
bool date_parse_http(int64_t *unix_ms, const char *text);

#endif
