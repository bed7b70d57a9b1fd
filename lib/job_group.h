#ifndef LIB_JOB_GROUP_H
#define LIB_JOB_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/job.h"
#include "lib/job_queue.h"

struct error;
struct job_entry;
struct job_plan;
struct layout;

/*
 * Who is in a group: .queue/groups/<name> has a symbolic link to the folder of each of its
 * jobs that has not ended.  What a crash left there is seen through by whoever reads it, and
 * removed by `runjob recover`.
 */
struct job_group {
	int fd; /* of the folder; -1: no group */
};

#define JOB_GROUP_NONE                                                                   \
	{                                                                                \
		-1                                                                       \
	}
#define auto_job_group __attribute__((cleanup(job_group_close)))

/* 1 to 100 of [A-Za-z0-9._@:+/-], not beginning with '.' or '/'. */
bool job_group_is_name(const char *text);

/* Open it, made if missing, and keep others from looking at it and joining it until it is
 * closed. */
int job_group_open(struct job_group *group, const struct job_queue *queue,
		   const char *name, struct error *err);
void job_group_close(struct job_group *group);

/* Before it is closed: nobody joined it, after all, and it may be empty. */
void job_group_tidy(const struct job_queue *queue, const char *name);

int job_group_join(const struct job_group *group, const struct job_entry *entry,
		   const struct job *job, struct error *err);

/* A job that is stored again is no member because of the time before. */
int job_group_forget(const struct job_group *group, const struct job *job,
		     struct error *err);

/* The job has ended. */
void job_group_leave(const struct job_queue *queue, const struct job_plan *plan,
		     const struct job *job);

/* Those that have not ended, oldest first. */
struct job_members {
	struct job_place *places;
	size_t count;
};

#define JOB_MEMBERS_EMPTY                                                                \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_job_members __attribute__((cleanup(job_members_free)))

/* At most limit of them; with a name only those that are called so. */
struct job_members_what {
	const char *name;
	size_t limit;
};

int job_members_read(struct job_members *members, const struct job_group *group,
		     const struct layout *layout, const struct job_members_what *what,
		     struct error *err);
void job_members_free(struct job_members *members);

/* Remove the links that crashes left, of all groups: those of jobs that have ended. */
int job_group_sweep(const struct job_queue *queue, const struct layout *layout,
		    struct error *err);

#endif
