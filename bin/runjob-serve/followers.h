#ifndef BIN_RUNJOB_SERVE_FOLLOWERS_H
#define BIN_RUNJOB_SERVE_FOLLOWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/job.h"

struct error;
struct http_exchange;
struct http_server;

/*
 * Clients that read a job's log while it is written: any number, from any byte, woken by
 * inotify.  Each costs two descriptors and what libmicrohttpd sends of.
 */
struct follower {
	struct follower *next; /* in followers, while is_listed */
	struct follower *previous;
	struct http_exchange *exchange;
	struct job job;
	int log;	 /* -1: it does not follow */
	int watch;	 /* the job's folder */
	uint64_t offset; /* of the next byte */
	uint64_t left;	 /* of a piece of the log, which waits for nothing */
	bool is_listed;
	bool is_over; /* the log does not grow any more */
};

#define FOLLOWER_NONE                                                                    \
	{                                                                                \
		.job = JOB_NONE, .log = -1, .watch = -1                                  \
	}

struct followers {
	struct follower *first;
	int inotify;
	int timer;
	int looks; /* still to be made after somebody's supervisor closed its lock */
};

#define FOLLOWERS_NONE                                                                   \
	{                                                                                \
		.inotify = -1, .timer = -1                                               \
	}

int followers_open(struct followers *followers, struct error *err);
int followers_watch(struct followers *followers, struct http_server *server,
		    struct error *err);
void followers_close(struct followers *followers);

/* Answer with the log from follower->offset until the job has ended; ->job and ->log are
 * there.  Takes it in. */
int followers_join(struct followers *followers, struct follower *follower,
		   struct http_exchange *exchange, struct error *err);

/* Answer with follower->left bytes from follower->offset, which are there. */
void follower_send(struct follower *follower, struct http_exchange *exchange,
		   unsigned status);

/* Its exchange is over. */
void followers_leave(struct followers *followers, struct follower *follower);

#endif
