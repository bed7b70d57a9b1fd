#ifndef LIB_PIPELINE_STORE_H
#define LIB_PIPELINE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/pipeline_name.h"

struct buf;
struct error;
struct layout;

/*
 * The registered pipelines of an owner: <state>/jobs/<owner>/.pipelines/, a folder for each, see
 * hookjobs(5).  Who starts a run and who changes something keep out of each other's way by the
 * lock of the store; who only looks needs none, for what is replaced is replaced by rename.
 */
enum pipeline_lock { PIPELINE_LOOK, PIPELINE_START, PIPELINE_CHANGE };

struct pipeline_store {
	char *path;
	int fd; /* -1: there is none yet, and so no pipeline */
	int lock_fd;
};

#define PIPELINE_STORE_NONE                                                              \
	{                                                                                \
		NULL, -1, -1                                                             \
	}
#define auto_pipeline_store __attribute__((cleanup(pipeline_store_close)))

/* Made when it is missing, to change it. */
int pipeline_store_open(struct pipeline_store *store, const struct layout *layout,
			enum pipeline_lock lock, struct error *err);
void pipeline_store_close(struct pipeline_store *store);

/* All names, sorted. */
struct pipeline_names {
	char (*names)[PIPELINE_NAME_LEN];
	size_t count;
};

#define PIPELINE_NAMES_EMPTY                                                             \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_pipeline_names __attribute__((cleanup(pipeline_names_free)))

int pipeline_names_read(struct pipeline_names *names, const struct pipeline_store *store,
			struct error *err);
void pipeline_names_free(struct pipeline_names *names);

/* One of them; there is one as soon as it has a version. */
struct pipeline_folder {
	char name[PIPELINE_NAME_LEN];
	int fd;
	uint64_t *versions; /* the oldest first */
	size_t count;
};

#define PIPELINE_FOLDER_NONE                                                             \
	{                                                                                \
		"", -1, NULL, 0                                                          \
	}
#define auto_pipeline_folder __attribute__((cleanup(pipeline_folder_close)))

/* None of that name is ERROR_ABSENT. */
int pipeline_folder_open(struct pipeline_folder *folder,
			 const struct pipeline_store *store, const char *name,
			 struct error *err);

/* The same, but one that is not there is made, and has no version yet. */
int pipeline_folder_make(struct pipeline_folder *folder,
			 const struct pipeline_store *store, const char *name,
			 struct error *err);

/* Remove what a crash left beside its files; the store is locked to change it. */
void pipeline_folder_tidy(const struct pipeline_folder *folder);

/* Forget it, whole or not at all. */
int pipeline_folder_remove(struct pipeline_folder *folder,
			   const struct pipeline_store *store, struct error *err);
void pipeline_folder_close(struct pipeline_folder *folder);

/* The newest one, 0 for none. */
uint64_t pipeline_newest(const struct pipeline_folder *folder);

/* Its record, a JSON object; one that is not there is ERROR_ABSENT. */
int pipeline_version_read(struct buf *text, const struct pipeline_folder *folder,
			  uint64_t version, struct error *err);

/* The record of the next version, behind the newest.  Durable. */
int pipeline_version_add(const struct pipeline_folder *folder, const struct buf *text,
			 struct error *err);

#endif
