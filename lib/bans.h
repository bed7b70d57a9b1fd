#ifndef LIB_BANS_H
#define LIB_BANS_H

#include <stdbool.h>
#include <stdint.h>

struct address;
struct bans_table;
struct error;

/*
 * Who guessed too often: a table of fixed size in shared memory backed by a file, which
 * all receivers share and which outlives them.  An address (of IPv6 its /64) that misses
 * often enough within a window is banned for a while, and for twice as long each time that
 * it comes back to it within a day, up to a day.  A flood of addresses pushes out the oldest
 * misses, and never a ban.
 */
struct bans_rules {
	unsigned misses; /* 0: nobody is ever banned */
	int64_t window_ms;
	int64_t time_ms; /* of the first ban, at most BANS_TIME_MAX_MS */
};

#define BANS_TIME_MAX_MS (86400 * INT64_C(1000))

struct bans {
	int fd;
	struct bans_table *table;
	struct bans_rules rules;
};

#define BANS_NONE                                                                        \
	{                                                                                \
		-1, NULL,                                                                \
		{                                                                        \
			0, 0, 0                                                          \
		}                                                                        \
	}
#define auto_bans __attribute__((cleanup(bans_close)))

int bans_open(struct bans *bans, const char *path, const struct bans_rules *rules,
	      struct error *err);
void bans_close(struct bans *bans);

/* When the ban of this address ends; 0 when there is none.  Costs nothing while nobody
 * is banned. */
int64_t bans_end(const struct bans *bans, const struct address *address, int64_t now_ms);

/* Count a miss: which one it was in its window, and when the ban that it brought ends
 * (0: it brought none). */
struct bans_miss {
	unsigned count;
	int64_t end_ms;
};
struct bans_miss bans_add_miss(struct bans *bans, const struct address *address,
			       int64_t now_ms);

/* End its ban and forget its misses; false when it is not banned. */
bool bans_lift(struct bans *bans, const struct address *address, int64_t now_ms);

/* One address that is banned. */
struct ban {
	const struct address *address;
	int64_t since_ms;
	int64_t end_ms;
	unsigned times; /* banned so often by now */
};

/* Call each for every one, in no order; it must not call back. */
void bans_each(const struct bans *bans, int64_t now_ms,
	       void (*each)(void *context, const struct ban *ban), void *context);

#endif
