#ifndef BIN_RUNJOB_TIMELINE_WATCH_H
#define BIN_RUNJOB_TIMELINE_WATCH_H

#include <stdbool.h>

struct error;
struct job;
struct layout;

/*
 * Show what happens in a job or a run until it ends, woken by inotify: drawn again and again on a
 * terminal, a line for each change elsewhere; then the chart.  *status is its exit status, or 128
 * and the number of the signal that ended us.  One that nobody brings to its end is
 * ERROR_TEMPORARY.
 */
int watch(int *status, const struct layout *layout, const struct job *job, bool json,
	  struct error *err);

#endif
