#ifndef BIN_GHSTATS_RECORD_H
#define BIN_GHSTATS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/db.h"
#include "lib/str.h"

struct error;

/*
 * Takes a JSON object apart into values (SQLite's JSON functions do it), and stores them by
 * a row of statements.  What is read and stored is said by tables: see records.h.
 */
enum record_kind { RECORD_NUMBER, RECORD_TEXT, RECORD_TIME };

struct record_field {
	enum record_kind kind;
	const char *sql; /* of ?1 the object, ?2 its repository, ?3 its workflow */
};

struct record_value {
	bool is_set;
	bool is_text;
	int64_t number;
	struct str_view text; /* valid until the next object is read */
};

enum { RECORD_VALUES = 24, RECORD_STEPS = 8, RECORD_PARAMETERS = 18, RECORD_NONE = -1 };

/* A statement, run unless the value guard is missing, and the values it is given. */
struct record_step {
	const char *sql;
	int guard;
	int parameters[RECORD_PARAMETERS];
	size_t parameter_count;
};

struct record {
	const char *name; /* "workflow_runs": as replies say it */
	const struct record_field *fields;
	size_t field_count;
	const struct record_step *steps;
	size_t step_count;
	/* Check what was read and add what follows from it; ERROR_DATA. */
	int (*complete)(struct record_value *values, struct error *err);
};

struct recorder {
	const struct record *record;
	struct db_statement extract;
	struct db_statement steps[RECORD_STEPS];
	struct record_value values[RECORD_VALUES];
};

/* What a line says: the object, and beside it, where the line has them, its repository and
 * its workflow; their data is NULL where it has not. */
struct record_source {
	struct str_view object;
	struct str_view repository;
	struct str_view workflow;
};

int recorder_open(struct recorder *recorder, struct db *db, const struct record *record,
		  struct error *err);
void recorder_close(struct recorder *recorder);

/* Fill recorder->values; ERROR_DATA when the object makes no sense. */
int recorder_read(struct recorder *recorder, const struct record_source *source,
		  struct error *err);

/* Store recorder->values. */
int recorder_store(struct recorder *recorder, struct error *err);

/* For complete(). */
void record_set(struct record_value *value, int64_t number);
bool record_text_is(const struct record_value *value, const char *text);

#endif
