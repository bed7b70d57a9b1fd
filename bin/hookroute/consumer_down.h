#ifndef BIN_HOOKROUTE_CONSUMER_DOWN_H
#define BIN_HOOKROUTE_CONSUMER_DOWN_H

#include <stdbool.h>
#include <stdint.h>

struct consumer;
struct consumer_value;
struct reply;

/*
 * A consumer with which nothing succeeds is down: it gets a single value from time to time,
 * with growing delays, and everything else for it is settled as busy, until one succeeds.
 */
void consumer_down(struct consumer *consumer, int64_t now_ms);

/* Its file is gone: what waits for it is settled as busy. */
void consumer_down_gone(struct consumer *consumer);

/* It has replied: down, or up again? */
void consumer_down_note(struct consumer *consumer, const struct reply *reply,
			int64_t now_ms);

/* Is this value one too many?  Then it is settled as busy. */
bool consumer_down_refuses(struct consumer *consumer, struct consumer_value *value,
			   int64_t now_ms);

#endif
