#ifndef LIB_JOB_LOG_H
#define LIB_JOB_LOG_H

#include <stdint.h>

struct error;

/* Where in a log of size bytes the last lines begin; a last one without its end counts. */
int job_log_lines(uint64_t *offset, int fd, uint64_t size, uint64_t lines,
		  struct error *err);

#endif
