#ifndef LIB_PROCESS_STAT_H
#define LIB_PROCESS_STAT_H

#include <stdint.h>

/* A field of the text of /proc/PID/stat as proc(5) counts them, from the 4th on: those before hold
 * no number.  0 when it is not there. */
uint64_t process_stat_field(const char *stat, int number);

#endif
