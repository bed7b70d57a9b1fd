#ifndef BIN_HOOKROUTE_EVALUATOR_BLAME_H
#define BIN_HOOKROUTE_EVALUATOR_BLAME_H

#include <stdbool.h>
#include <stdint.h>

struct evaluator;

/*
 * The child ended with this status of waitpid(2): if that is certainly some route's doing,
 * it is refused for the event.  False when the child was at nothing.
 */
bool evaluator_blame(struct evaluator *evaluator, int status);

/* Without an answer for so long, a child is ended. */
int64_t evaluator_silence_ms(const struct evaluator *evaluator);

#endif
