#ifndef BIN_RUNJOB_CHECK_H
#define BIN_RUNJOB_CHECK_H

#include <stdint.h>

struct error;

/* What is asked of values, wherever they come from: options or a specification.  All
 * complaints are ERROR_DATA. */

/* A name for people: 1 to 140 bytes, no control character, quote or backslash. */
int check_label(const char *text, const char *what, struct error *err);

/* "NAME=something": NAME as a variable of the environment has it, something not empty. */
int check_pair(const char *pair, struct error *err);

/* "pipeline/site": somebody in whose name secrets may be read, hookvault(5). */
int check_reader(const char *who, struct error *err);

/* "1.5" CPUs, from 0.01 to 1000; gives microseconds per 100,000. */
int check_cpu(uint64_t *cpu_us, const char *text, struct error *err);

#endif
