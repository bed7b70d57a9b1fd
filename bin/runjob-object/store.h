#ifndef BIN_RUNJOB_OBJECT_STORE_H
#define BIN_RUNJOB_OBJECT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/runjob-object/record.h"
#include "lib/uuid.h"

struct error;
struct layout;
struct scope;

/*
 * The objects of one owner: <state>/jobs/<owner>/.objects, see hookjobs(5).  tmp/ has what is
 * being written, data/ the contents, each once and called by its SHA-256, keys/ a folder for
 * each scope with a record for each key.
 *
 * Whoever makes or reads something that is not in use yet, or may cease to be, has a shared
 * lock; gc has it alone.
 */
struct store {
	char *path;
	int owner_fd; /* of the owner's folder, in which the jobs are */
	int fd;
	int tmp_fd;
	int data_fd;
	int keys_fd;
};

#define STORE_NONE                                                                       \
	{                                                                                \
		NULL, -1, -1, -1, -1, -1                                                 \
	}
#define auto_store __attribute__((cleanup(store_close)))

/* Made if missing. */
int store_open(struct store *store, const struct layout *layout, struct error *err);
void store_close(struct store *store);

/* Waits; closing the descriptor unlocks. */
int store_lock(int *fd, const struct store *store, bool alone, struct error *err);

/* A file of our own in tmp/, locked as long as it is open: gc removes the others. */
struct store_file {
	const struct store *store;
	int fd;
	char name[UUID_LEN]; /* "" once it has its place */
};

#define STORE_FILE_NONE                                                                  \
	{                                                                                \
		NULL, -1, ""                                                             \
	}
#define auto_store_file __attribute__((cleanup(store_file_drop)))

int store_file_create(struct store_file *file, const struct store *store,
		      struct error *err);

/* It is what the record says: give it its place, and the key its record, for good. */
int store_publish(struct store_file *file, const struct scope *scope,
		  const struct record *record, struct error *err);

/* Remove one that has no place. */
void store_file_drop(struct store_file *file);

/* Put a record in its place.  The store's lock is held. */
int store_put_record(const struct store *store, const struct scope *scope,
		     const struct record *record, struct error *err);

/* The folder of a scope's keys; *fd stays -1 when it has none. */
int store_open_scope(int *fd, const struct store *store, const struct scope *scope,
		     struct error *err);

/* A key's record; *found = false for none. */
int store_read_record(struct record *record, bool *found, int scope_fd, const char *name,
		      struct error *err);

/* Has its time come, or is its run gone? */
bool store_is_expired(const struct store *store, const struct scope *scope,
		      const struct record *record);

/* Is there such a run? */
bool store_has_run(const struct store *store, const char *id);

#endif
