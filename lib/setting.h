#ifndef LIB_SETTING_H
#define LIB_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/job_plan.h"

struct buf;
struct error;
struct json_writer;

/*
 * What can be said of a job besides what it executes: each is an option of run and start, a
 * key of jobspec(5), and a field of the plan at once, and this table is the one place that
 * knows them.
 */
enum setting_kind {
	SETTING_TEXT,	/* char * */
	SETTING_NUMBER, /* uint64_t */
	SETTING_FLAG,	/* uint64_t, 1: an option without a value, true in JSON */
	SETTING_LIST,	/* struct job_texts: an option often, an array of texts */
	SETTING_PAIRS	/* struct job_texts of NAME=VALUE: an object */
};

struct setting {
	const char *option;  /* the long one; NULL: none */
	const char *letters; /* "n:", as getopt(3) has it; NULL: none */
	const char *section; /* the object in which the key is; NULL: the specification */
	const char *key;     /* NULL: no key, and spec.json says nothing of it */
	enum setting_kind kind;
	size_t field; /* where it is in struct job_plan */
	/* Check a value's text and store it; what is wrong is ERROR_DATA.  Numbers and texts
	 * replace what is there, lists and pairs go on. */
	int (*take)(void *field, const char *text, struct error *err);
	/* Write a number; NULL: as it is. */
	void (*give)(struct json_writer *writer, const char *key, uint64_t number);
};

/* Ends with one that has neither option nor key. */
extern const struct setting settings[];

bool setting_is_last(const struct setting *setting);
bool setting_is_in(const struct setting *setting, const char *section);
const struct setting *setting_find(const char *section, const char *key);
const struct setting *setting_find_option(const char *option);
bool setting_is_section(const char *key);

int setting_take(const struct setting *setting, struct job_plan *plan, const char *text,
		 struct error *err);
bool setting_is_set(const struct setting *setting, const struct job_plan *plan);
void setting_give(struct json_writer *writer, const struct setting *setting,
		  const struct job_plan *plan);

/* What spec.json says of a plan: all of it, secrets by name only; no line break. */
void setting_dump(struct buf *out, const char *id, const struct job_plan *plan);

#endif
