#ifndef LIB_SPOOL_H
#define LIB_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/uuid.h"

struct error;

/*
 * A spool is a folder with tmp/ new/ cur/ defer/ hold/ done/ dead/.  Events are written to a
 * file in tmp/, made durable, and renamed into new/: whoever sees a name in new/
 * sees whole events, also after a power cut.  See hookspool(5).
 */
enum spool_state {
	SPOOL_TMP,
	SPOOL_NEW,
	SPOOL_CUR,
	SPOOL_DEFER,
	SPOOL_HOLD,
	SPOOL_DONE,
	SPOOL_DEAD,
	SPOOL_STATES /* how many */
};

struct spool {
	int dir[SPOOL_STATES]; /* a descriptor each; -1 when closed */
};

#define SPOOL_NONE                                                                       \
	{                                                                                \
		{                                                                        \
			-1, -1, -1, -1, -1, -1, -1                                       \
		}                                                                        \
	}
#define auto_spool __attribute__((cleanup(spool_close)))

/* A file that is being written; its name in tmp/ goes away if it is never published. */
struct spool_file {
	const struct spool *spool; /* NULL when there is none */
	int fd;
	char id[UUID_LEN];
};

#define SPOOL_FILE_NONE                                                                  \
	{                                                                                \
		NULL, -1, ""                                                             \
	}
#define auto_spool_file __attribute__((cleanup(spool_file_drop)))

/* The name of a state's folder, "new". */
const char *spool_state_name(enum spool_state state);

/* Open the spool at path; its folders are made (0700) where they are missing. */
int spool_open(struct spool *spool, const char *path, struct error *err);
void spool_close(struct spool *spool);

/* Begin a file that will bear id, the id of its first event.  Write whole lines to ->fd. */
int spool_file_create(struct spool_file *file, const struct spool *spool, const char *id,
		      struct error *err);

/* Make it durable and visible: fsync, rename into new/, fsync of new/.  file is empty
 * afterwards.  When the last fails the name is taken back; a reader may have been faster, and
 * must bear that the event comes again. */
int spool_file_publish(struct spool_file *file, struct error *err);

/* Forget it and unlink its name in tmp/. */
void spool_file_drop(struct spool_file *file);

/* All in one for a single event: create, write line (with its line break), publish. */
int spool_put(const struct spool *spool, const char *id, const void *line, size_t len,
	      struct error *err);

/* Rename id from one state's folder to another's and make that last.  A missing file is
 * ERROR_ABSENT. */
int spool_move(const struct spool *spool, const char *id, enum spool_state from,
	       enum spool_state to, struct error *err);

#endif
