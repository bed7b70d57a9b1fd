#ifndef LIB_JOB_PLAN_H
#define LIB_JOB_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct error;
struct job;

/*
 * What a supervisor has to do, as jobspec(5) says it, taken apart.  The file "plan" of a job
 * holds it as NUL-terminated texts, so that the supervisor needs no JSON parser.
 */
struct job_texts {
	char **items; /* ends with NULL; NULL itself when empty */
	size_t count;
};

/* Of the log: the least limit that makes sense, and the one where none is said. */
#define JOB_LOG_LEAST 4096
#define JOB_LOG_MAX (2ULL << 30)

struct job_plan {
	char *name; /* all texts may be NULL */
	char *event_id;
	char *repository;
	char *version; /* of a run of a registered pipeline: "site@3" */
	char *chosen;  /* and why that: "current", "canary" or "asked" */
	char *again;   /* the id of the job that this one repeats */
	char *run;     /* the id of the pipeline's job whose task it is */
	char *owner;   /* a certificate's SHA-256; NULL: us */
	char *report;  /* JSON, carried through to the result event */
	char *dir;
	char *user;   /* "name", "name:group": whose its processes are */
	uint64_t uid; /* what user means, when it is given */
	uint64_t gid;
	char *umask;   /* "027" */
	char *sandbox; /* as jail_find has it; NULL: none */
	char *group; /* the queue it stands in; see job_queue.h for it and all that follows */
	uint64_t timeout_ms; /* 0: none */
	uint64_t grace_ms;   /* between SIGTERM and SIGKILL */
	uint64_t cpu_us;     /* the limits, as struct cgroup_limits has them */
	uint64_t memory_bytes;
	uint64_t pids;
	uint64_t read_bps;
	uint64_t write_bps;
	uint64_t open_files; /* of each process */
	uint64_t
		best_effort; /* 1: a limit that cannot be applied is told, and no error */
	uint64_t log_bytes;  /* the log's limit; 0: the machine's */
	uint64_t log_index;  /* 1: which stream wrote what, and when */
	uint64_t created_ms;
	uint64_t hops;	/* how many events led to it, one from the other */
	uint64_t waits; /* 1: takes a slot first, so that not all run at once */
	bool is_held;	/* not now: there is too much pressure; nothing of the file */
	uint64_t
		publishes; /* 1: its begin and end become events, and last through a crash */
	uint64_t parallel;	 /* how many of the group may run at once; 0: one */
	uint64_t busy;		 /* enum job_busy */
	uint64_t retry_times;	 /* more tries, after the first */
	uint64_t retry_delay_ms; /* before the first of them; 0: ten seconds */
	uint64_t
		retry_memory; /* hundredths: how its memory limit grows; 0: it does not */
	uint64_t retry_memory_max; /* bytes; 0: none */
	uint64_t order_us;	   /* its place in the queue: when it was asked for */
	struct job_texts exec;
	struct job_texts env;	       /* "NAME=value" */
	struct job_texts secrets;      /* "NAME=name in the vault" */
	struct job_texts secret_files; /* as secrets; the variables hold paths */
	struct job_texts writable;     /* paths that stay so in a sandbox */
	struct job_texts groups;       /* numbers: the supplementary groups of user */
	struct job_texts account;      /* "HOME=..." and so on, of user */
	struct job_texts readers;      /* "pipeline/site": in whose name they are read */
	struct job_texts retry_on;     /* causes, as value_causes has them; none: all */
	struct job_texts after;	       /* "ID:ok", "ID:failed" or "ID:any" */
	struct job_texts
		base; /* "NAME=value": what passes from its starter's environment */
};

/* What a job does whose group has no place for it. */
enum job_busy { JOB_BUSY_QUEUE, JOB_BUSY_REJECT, JOB_BUSY_OLDEST, JOB_BUSY_SAME };

#define JOB_PLAN_EMPTY                                                                   \
	{                                                                                \
		.grace_ms = 10000                                                        \
	}
#define auto_job_plan __attribute__((cleanup(job_plan_free)))

/* The variables of a starter's environment that pass into the job's, with those that begin with
 * CONFIG_, and no others; ends with NULL. */
extern const char *const job_plan_base_names[];

/* Put those that we have into the plan. */
void job_plan_take_base(struct job_plan *plan);

void job_texts_add(struct job_texts *texts, const char *text);
void job_texts_free(struct job_texts *texts);

void job_plan_dump(struct buf *out, const struct job_plan *plan);

/* The file of a job; ERROR_DATA when it is not what job_plan_dump wrote. */
int job_plan_read(struct job_plan *plan, const struct job *job, struct error *err);
void job_plan_free(struct job_plan *plan);

#endif
