#ifndef BIN_GHSTATS_RECORDS_H
#define BIN_GHSTATS_RECORDS_H

#include "bin/ghstats/record.h"

/*
 * What is read of each kind of object, and how it is stored.  Every statement gives the
 * same rows whatever order the objects come in and however often: of two that speak of the
 * same row the one that has come further is kept, then the one updated later, and last, so
 * that there is no tie, the one that is greater in its texts.
 */
extern const struct record record_run;
extern const struct record record_job;
extern const struct record record_local_job;

/* Pieces of the tables. */
#define RECORD_NUMBER_AT(object, path)                                                   \
	"CASE json_type(" object ", '" path                                              \
	"') WHEN 'integer' THEN json_extract(" object ", '" path "') END"
#define RECORD_TEXT_AT(object, path)                                                     \
	"CASE json_type(" object ", '" path "') WHEN 'text' THEN json_extract(" object   \
	", '" path "') END"
#define RECORD_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ?1 id, ?2 name, ?3 when it was called so. */
#define RECORD_REPOSITORY                                                                \
	"INSERT INTO repositories (id, name, seen_ms) VALUES (?1, ?2, ?3)"               \
	" ON CONFLICT (id) DO UPDATE SET name = excluded.name,"                          \
	" seen_ms = excluded.seen_ms"                                                    \
	" WHERE (excluded.seen_ms, excluded.name COLLATE BINARY)"                        \
	" > (repositories.seen_ms, repositories.name)"

/* ?1 run, ?2 attempt: the day of its row is to be summarized again. */
#define RECORD_TOUCH                                                                     \
	"INSERT OR IGNORE INTO touched SELECT workflow_id, started_ms / 86400000"        \
	" FROM workflow_runs WHERE id = ?1 AND attempt = ?2 AND status IS NOT NULL"

/* 1 to 3: waits, goes on, is completed.  A state that is not known waits. */
int record_rank(const struct record_value *status);

/* Ids of GitHub: positive, and exact in every JSON reader. */
bool record_is_id(const struct record_value *value);

#endif
