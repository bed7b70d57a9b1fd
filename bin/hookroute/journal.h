#ifndef BIN_HOOKROUTE_JOURNAL_H
#define BIN_HOOKROUTE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/str.h"

struct delivery;
struct error;

/*
 * What happened: spool/log/<date> has a JSON line for each thing, see hookspool(5).  Lines
 * are collected and written together, by one write(2) to the end of the file, so that
 * several processes do not mix theirs.  It is a record and not the state: nothing waits for
 * the disk, and what cannot be written is lost, and said once.
 */
struct journal {
	int dir;	   /* -1: closed, all of these do nothing */
	int fd;		   /* of date's file, -1 while there is none */
	off_t end;	   /* of it, when we last wrote */
	struct buf lines;  /* not written yet, all of date */
	int64_t at_ms;	   /* of the last line, */
	char at[DATE_LEN]; /* and as text */
	bool failed;	   /* the last time */
};

#define JOURNAL_NONE                                                                     \
	{                                                                                \
		.dir = -1, .fd = -1                                                      \
	}
#define auto_journal __attribute__((cleanup(journal_close)))

struct journal_entry {
	const char *what;     /* a word */
	const char *id;	      /* of the event */
	struct str_view line; /* the event's own, for its name and kind; may be empty */
	const struct delivery *delivery; /* NULL: it is about the whole event */
	const char *message;		 /* NULL: none, as the next */
	const char *became;		 /* the id of the event that came of it */
	int64_t took_ms;		 /* -1: unknown */
	int64_t due_ms;			 /* of the next try; 0: none */
	bool by_person;			 /* with the uid of who runs this program */
};

#define JOURNAL_ENTRY(word, event_id)                                                    \
	{                                                                                \
		.what = (word), .id = (event_id), .took_ms = -1                          \
	}

/* Open <state>/spool/log, made if it is missing. */
int journal_open(struct journal *journal, const char *state, struct error *err);

/* What is collected is written on the way, when it is much. */
void journal_add(struct journal *journal, const struct journal_entry *entry);
void journal_flush(struct journal *journal);

/* Flush, and close. */
void journal_close(struct journal *journal);

#endif
