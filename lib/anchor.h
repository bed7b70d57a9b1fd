#ifndef LIB_ANCHOR_H
#define LIB_ANCHOR_H

#include <stdbool.h>
#include <sys/types.h>

struct error;
struct layout;

/*
 * The anchor is a process that sits in a cgroup made for jobs and starts supervisors for those
 * who ask, so that these and their jobs live there and not with whoever asked: a service that
 * is restarted would otherwise find its own cgroup taken, and a process without privileges may
 * not put another one into a cgroup far away.  It listens at <run>/jobs.sock, serves its own
 * user only, and starts nothing but supervisors.
 *
 * A request is one packet, the supervisor's arguments and our environment, with three
 * descriptors; the answer is a pidfd.
 */
enum { ANCHOR_FDS = 3 };

struct anchor_request {
	const char *id;
	const char *owner;
	int fds[ANCHOR_FDS]; /* the supervisor's 0, 1 and 2; -1: /dev/null */
};

/* *started is false when no anchor is there, or it did not take it: nothing has happened. */
int anchor_ask(bool *started, int *pidfd, const struct layout *layout,
	       const struct anchor_request *request, struct error *err);

/* The anchor's side: <run>/jobs.sock, 0600; another anchor there is ERROR_CONFIG. */
int anchor_listen(int *fd, const struct layout *layout, struct error *err);

/* Take one request from a connection, start its supervisor, answer.  *pid is that one's, our
 * child; 0 when nothing was asked. */
int anchor_answer(pid_t *pid, int connection, const struct layout *layout,
		  struct error *err);

#endif
