#ifndef BIN_HOOKRECV_CREW_H
#define BIN_HOOKRECV_CREW_H

struct error;

/*
 * Several processes that do the same work, as serving one listening socket.  One that dies
 * is replaced; SIGHUP replaces all of them, one generation by the next, so that what they
 * read when they begin is read again and nobody is turned away meanwhile.
 */
enum { CREW_MAX = 64 };

struct crew {
	unsigned workers; /* 1 to CREW_MAX */
	/*
	 * In a process of its own, until SIGTERM: the caller's code, which says crew_ready
	 * once it can work.  A failure is logged there.
	 */
	int (*work)(void *context, int ready, struct error *err);
	/* Here, when the first generation can work. */
	void (*ready)(void *context);
	void *context;
};

/*
 * Until SIGTERM or SIGINT, which the workers get and are waited for.  Fails when the first
 * generation does not become ready, ERROR_CONFIG if a worker says so; a later one that does
 * not is logged, and the one before it goes on.
 */
int crew_run(const struct crew *crew, struct error *err);

/* Of the worker: it can work from now on. */
void crew_ready(int ready);

#endif
