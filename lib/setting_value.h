#ifndef LIB_SETTING_VALUE_H
#define LIB_SETTING_VALUE_H

#include <stdint.h>

struct error;
struct json_writer;

/* Values of settings: struct setting's take, from a text to a field of the plan, and its
 * give, from a number to JSON. */

/* As it is. */
int value_text(void *field, const char *text, struct error *err);
/* A name for people: 1 to 140 bytes, no control character, quote or backslash. */
int value_label(void *field, const char *text, struct error *err);
/* "027": one to four octal digits, up to 0777. */
int value_umask(void *field, const char *text, struct error *err);
/* "none", "default" or "strict", the latter two also with ",best-effort". */
int value_sandbox(void *field, const char *text, struct error *err);
/* An absolute path, added. */
int value_path(void *field, const char *text, struct error *err);
int value_uuid(void *field, const char *text, struct error *err);
/* A fingerprint, as job_owner.h takes it. */
int value_owner(void *field, const char *text, struct error *err);
/* "NAME=something", added: NAME as a variable of the environment has it. */
int value_pair(void *field, const char *text, struct error *err);
/* "pipeline/site", added: somebody in whose name secrets may be read, hookvault(5). */
int value_reader(void *field, const char *text, struct error *err);
int value_duration(void *field, const char *text, struct error *err);
/* 1, whatever the text is. */
int value_flag(void *field, const char *text, struct error *err);
int value_size(void *field, const char *text, struct error *err);
/* "1.5" CPUs, from 0.01 to 1000; gives microseconds per 100,000. */
int value_cpu(void *field, const char *text, struct error *err);
int value_pids(void *field, const char *text, struct error *err);
/* Descriptors of each process, from 16. */
int value_open_files(void *field, const char *text, struct error *err);
/* "best-effort" is 1, "strict" 0. */
int value_enforce(void *field, const char *text, struct error *err);
/* A size that a log can have. */
int value_log(void *field, const char *text, struct error *err);

/* How many events led to it; more than 8 are refused. */
int value_hops(void *field, const char *text, struct error *err);
/* "spool" is 1. */
int value_result(void *field, const char *text, struct error *err);

void give_duration(struct json_writer *writer, const char *key, uint64_t ms);
void give_enforce(struct json_writer *writer, const char *key, uint64_t best_effort);
void give_cpu(struct json_writer *writer, const char *key, uint64_t us);

#endif
