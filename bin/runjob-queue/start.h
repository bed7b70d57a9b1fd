#ifndef BIN_RUNJOB_QUEUE_START_H
#define BIN_RUNJOB_QUEUE_START_H

#include <stdint.h>

struct keeper;

/* Look at a new item: let it stand in its line, wait for its time, or for other jobs. */
void start_place(struct keeper *keeper, uint32_t item);

/* Start all whose turn it is. */
void start_ready(struct keeper *keeper);

#endif
