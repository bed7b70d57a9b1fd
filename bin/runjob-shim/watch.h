#ifndef BIN_RUNJOB_SHIM_WATCH_H
#define BIN_RUNJOB_SHIM_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct containment;
struct error;
struct job;
struct job_plan;
struct record;

/* The job from its first instruction until it has ended or has to be ended. */
enum watch_cause { WATCH_ENDED, WATCH_TIMEOUT, WATCH_STOPPED };

struct watch {
	const struct job *job;
	const struct job_plan *plan;
	const struct containment *containment;
	struct record *record;
	int signal_fd;
	pid_t leader; /* 0 once it is reaped */
	int status;   /* its, as waitpid(2) gives it */
	enum watch_cause cause;
	int64_t deadline_ms; /* monotonic; -1: none */
	bool has_children;
};

/* SIGCHLD and the requests to stop (TERM, INT, HUP) as a descriptor. */
int watch_signals(int *signal_fd, struct error *err);

/*
 * Returns when the leader has ended, or, after a timeout or a request to stop (both send
 * SIGTERM to all), when nobody is left or the grace is over.  Whoever lives then is the
 * caller's to kill.
 */
int watch_job(struct watch *watch, struct error *err);

/* Reap whoever has ended. */
void watch_reap(struct watch *watch);

#endif
