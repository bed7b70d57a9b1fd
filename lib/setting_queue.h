#ifndef LIB_SETTING_QUEUE_H
#define LIB_SETTING_QUEUE_H

#include <stdint.h>

struct error;
struct json_writer;

/* Values of settings, as value.h: those of the queue. */

/* As job_group_is_name has it. */
int value_group(void *field, const char *text, struct error *err);
int value_parallel(void *field, const char *text, struct error *err);
/* enum job_busy: "queue", "reject", "cancel-oldest" or "cancel-same". */
int value_busy(void *field, const char *text, struct error *err);
/* "ID", "ID:ok", "ID:failed" or "ID:any", added. */
int value_after(void *field, const char *text, struct error *err);

int value_retries(void *field, const char *text, struct error *err);
/* "failed", "timeout", "oom", "lost" or "exit:N", several with commas between, added. */
int value_causes(void *field, const char *text, struct error *err);
/* "2x", from 1.01 to 100, in hundredths. */
int value_factor(void *field, const char *text, struct error *err);

void give_busy(struct json_writer *writer, const char *key, uint64_t number);
void give_factor(struct json_writer *writer, const char *key, uint64_t hundredths);

#endif
