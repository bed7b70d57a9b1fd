#ifndef BIN_HOOKRECV_METRICS_H
#define BIN_HOOKRECV_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct error;
struct provider;

/*
 * What a server has done since it started, counted in memory that is shared with the workers
 * forked later, so that each of them tells of all.  Counting costs a few additions; with no
 * page it costs nothing.
 */
enum { METRICS_PROVIDERS = 24, METRICS_VERDICTS = 24, METRICS_BOUNDS = 13 };

struct metrics_histogram {
	_Atomic uint64_t counts[METRICS_BOUNDS + 1]; /* the last: above all bounds */
	_Atomic uint64_t sum;
};

struct metrics_page {
	int64_t start_ms;
	_Atomic uint64_t requests[METRICS_PROVIDERS][METRICS_VERDICTS];
	_Atomic uint64_t bytes[METRICS_PROVIDERS];
	_Atomic uint64_t misses;
	_Atomic uint64_t bans;
	struct metrics_histogram answers; /* microseconds until a durable 202 */
	struct metrics_histogram syncs;	  /* microseconds */
	struct metrics_histogram batches; /* events */
};

struct metrics {
	struct metrics_page *page; /* NULL: nothing is counted */
};

#define METRICS_NONE                                                                     \
	{                                                                                \
		NULL                                                                     \
	}
#define auto_metrics __attribute__((cleanup(metrics_close)))

/* Before the workers are forked. */
int metrics_open(struct metrics *metrics, struct error *err);
void metrics_close(struct metrics *metrics);

/* Microseconds of a clock that never jumps; 0 when nothing is counted. */
int64_t metrics_clock(const struct metrics *metrics);

/* A request that is over. */
struct metrics_request {
	const struct provider *provider; /* NULL: it came to no hook */
	const char *verdict;		 /* "accepted", "bad_signature" ... */
	uint64_t bytes;			 /* of its body */
	int64_t complete_us;		 /* metrics_clock() when its body was; 0: never */
};
void metrics_count(const struct metrics *metrics, const struct metrics_request *request);

/* So many events were made durable by a sync that began then. */
void metrics_sync(const struct metrics *metrics, size_t events, int64_t begun_us);

/* A miss, and the ban that it brought. */
void metrics_miss(const struct metrics *metrics, bool banned);

/* What is measured when somebody asks. */
struct metrics_now {
	uint64_t free_bytes;
	uint64_t free_inodes;
	uint64_t hooks;
	uint64_t banned;
};

/* Append it all in the text format of Prometheus, version 0.0.4. */
void metrics_write(struct buf *out, const struct metrics *metrics,
		   const struct metrics_now *now);

#endif
