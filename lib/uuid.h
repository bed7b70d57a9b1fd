#ifndef LIB_UUID_H
#define LIB_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_LEN 37 /* 36 characters and the NUL */

/*
 * Makes UUIDs of version 7 (RFC 9562 5.7): they sort by time, and those of one
 * source sort in the order they were made, also within a millisecond and when
 * the clock steps back.  All zeros is a fresh source.
 */
struct uuid_source {
	uint64_t last_ms;
	uint16_t counter;
};

/* unix_ms: the time it bears.  Ends the process with 71 if the kernel gives no randomness. */
void uuid_next(char out[static UUID_LEN], struct uuid_source *source, int64_t unix_ms);

/* A random UUID of version 4, for the id in a hook's URL. */
void uuid_random(char out[static UUID_LEN]);

/* The nth UUID that belongs to id: always the same, and id itself for 0. */
void uuid_derive(char out[static UUID_LEN], const char *id, uint32_t n);

/* A UUID of version 7 that is always the same for the same time and the same ten bytes, which
 * stand where others have randomness. */
void uuid_named(char out[static UUID_LEN], int64_t unix_ms,
		const uint8_t name[static 10]);

/* 8-4-4-4-12 lower-case hexadecimal digits, of any version. */
bool uuid_is_valid(const char *text);

/* The time a UUID of version 7 bears, in milliseconds; 0 for another version. */
int64_t uuid_time_ms(const char *id);

#endif
