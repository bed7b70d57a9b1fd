#ifndef BIN_RUNJOB_SHIM_WATCH_H
#define BIN_RUNJOB_SHIM_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct containment;
struct error;
struct jail;
struct job;
struct job_plan;
struct job_status;
struct record;

/* The job from its first instruction until it has ended or has to be ended. */
enum watch_cause { WATCH_ENDED, WATCH_TIMEOUT, WATCH_STOPPED };

struct watch {
	const struct job *job;
	const struct job_plan *plan;
	const struct containment *containment;
	struct record *record;
	struct job_status *told; /* what status.json says */
	struct jail *jail;
	int signal_fd;
	pid_t leader; /* 0 once it is reaped */
	int status;   /* its, as waitpid(2) gives it */
	enum watch_cause cause;
	int64_t deadline_ms; /* monotonic; -1: none; stands still while it is paused */
	int64_t paused_ms;   /* monotonic; when told->paused_ms began */
	bool has_children;
};

int64_t watch_now_ms(void);

/* SIGCHLD, the requests to stop (TERM, INT, HUP) and that to pause (USR1) as a descriptor. */
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
