#ifndef LIB_JOB_H
#define LIB_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/job_owner.h"
#include "lib/uuid.h"

struct error;
struct layout;

/*
 * A job is a folder, <state>/jobs/<owner>/<id>/, see hookjobs(5); there is no other record of
 * it.  Each call here is about the jobs of one owner, layout->owner, see job_owner.h.  A job's supervisor locks the file "lock" in it (an open file description lock, fcntl(2)) as long as it
 * lives, and whoever starts a supervisor takes that lock first and hands it over.
 */
struct job {
	char owner[JOB_OWNER_LEN];
	char id[UUID_LEN];
	char *dir; /* its path; NULL when there is none */
	int fd;	   /* of the folder */
};

#define JOB_NONE                                                                         \
	{                                                                                \
		"", "", NULL, -1                                                         \
	}
#define auto_job __attribute__((cleanup(job_close)))

/* <state>/jobs/<owner>, made (0700) if missing; the caller frees it. */
int job_owner_dir(char **path, const struct layout *layout, struct error *err);

/* A malformed id is ERROR_USAGE, none of that id *found = false. */
int job_open(struct job *job, bool *found, const struct layout *layout, const char *id,
	     struct error *err);

/* The same, whosever it is. */
int job_find(struct job *job, bool *found, const struct layout *layout, const char *id,
	     struct error *err);

/* Has somebody removed it, or does so just now, since it was opened? */
bool job_is_removed(const struct job *job);

/* Say so, in the one wording there is: ERROR_ABSENT, and gives -1. */
int job_say_removed(const char *id, struct error *err);

/* Make the folder of a new job, or open the one that is there. */
int job_make(struct job *job, bool *made, const struct layout *layout, const char *id,
	     struct error *err);
void job_close(struct job *job);

/* Take the lock without waiting: fd stays -1 while a supervisor lives.  A job that somebody
 * removed since it was opened is ERROR_ABSENT.  The number of the supervisor before loses the
 * end of its line: nobody shall be taken for that one, but the next knows whom it follows. */
int job_lock(int *fd, const struct job *job, struct error *err);

/* The same, but it makes no lock where there is none: that is ERROR_ABSENT, too. */
int job_lock_again(int *fd, const struct job *job, struct error *err);
int job_has_supervisor(bool *alive, const struct job *job, struct error *err);

/* The ids of the owner's jobs, newest first. */
struct job_list {
	char (*ids)[UUID_LEN];
	size_t count;
};

#define JOB_LIST_EMPTY                                                                   \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_job_list __attribute__((cleanup(job_list_free)))

int job_list_read(struct job_list *list, const struct layout *layout, struct error *err);
void job_list_free(struct job_list *list);

#endif
