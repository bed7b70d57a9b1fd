#ifndef BIN_HOOKROUTE_CONSUMER_PROCESS_H
#define BIN_HOOKROUTE_CONSUMER_PROCESS_H

struct consumer;
struct error;

/* A consumer's process and the pipes to it. */
int consumer_process_start(struct consumer *consumer, struct error *err);

/* Its stdout is closed, or it broke the contract: give it a moment to say with what status,
 * then it is gone; consumer->trouble says how it ended. */
void consumer_process_end(struct consumer *consumer);

#endif
