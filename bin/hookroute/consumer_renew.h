#ifndef BIN_HOOKROUTE_CONSUMER_RENEW_H
#define BIN_HOOKROUTE_CONSUMER_RENEW_H

#include <stdbool.h>
#include <stdint.h>

struct consumer;
struct layout;

/*
 * A consumer whose file was changed while it runs: it gets no more values, answers what it
 * has got, ends, and is started again as the new file says.  If that is wrong the old one
 * stays in force; if there is none what there is for it is kept back until there is one.
 */

/* Read its file again. */
void consumer_renew(struct consumer *consumer, const struct layout *layout);

/* Has it to end first?  When it has, the new file is in force. */
bool consumer_renew_waits(struct consumer *consumer, int64_t now_ms);

/* It has ended, as it was told to: its process is cleared away. */
bool consumer_renew_took(struct consumer *consumer);

#endif
