#ifndef LIB_HOOKTOOLS_H
#define LIB_HOOKTOOLS_H

#include <stddef.h>
#include <stdint.h>

/*
 * libhooktools: the owners of a pool of certificates, and their jobs; hooktools(3).  All that may
 * fail returns 0, or -1 and fills the error.  Nothing here is global: handles may be used by any
 * thread, each by one at a time, but for struct hooktools, which all may share.
 */
#if defined(__cplusplus)
extern "C" {
#endif
#define HOOKTOOLS_PUBLIC __attribute__((visibility("default")))

#define HOOKTOOLS_HASH_LEN 65 /* 64 hexadecimal digits and the NUL */
#define HOOKTOOLS_ID_LEN 37   /* a UUID and the NUL */

enum hooktools_kind {
	HOOKTOOLS_ERROR_NONE,
	HOOKTOOLS_ERROR_CERTIFICATE, /* of certificates, and of finding their jobs */
	HOOKTOOLS_ERROR_JOB	     /* of starting, reading and stopping one */
};

struct hooktools_error {
	enum hooktools_kind kind;
	char message[512]; /* one line that names the operation and the object */
};

/* Where things are; a NULL is what the programs of hooktools take, see hooktools(7). */
struct hooktools_places {
	const char *state;   /* in which is jobs/ */
	const char *conf;    /* in which is pool/ */
	const char *libexec; /* in which is runjob-shim */
};

struct hooktools;
struct hooktools_certificate;
struct hooktools_job;

/* places may be NULL.  What is opened here must outlive what is made with it. */
HOOKTOOLS_PUBLIC int hooktools_open(struct hooktools **tools,
				    const struct hooktools_places *places,
				    struct hooktools_error *err);
HOOKTOOLS_PUBLIC void hooktools_close(struct hooktools *tools);

/* All of the pool, for hooktools_certificates_free; an empty pool gives a count of 0. */
HOOKTOOLS_PUBLIC int hooktools_certificates(struct hooktools_certificate ***list,
					    size_t *count, const struct hooktools *tools,
					    struct hooktools_error *err);
HOOKTOOLS_PUBLIC void hooktools_certificates_free(struct hooktools_certificate **list,
						  size_t count);

/* The first certificate of a PEM text, which must be good: in the pool, or of a CA there, and
 * neither revoked nor expired. */
HOOKTOOLS_PUBLIC int hooktools_certificate_new(struct hooktools_certificate **certificate,
					       const struct hooktools *tools,
					       const void *pem, size_t len,
					       struct hooktools_error *err);
HOOKTOOLS_PUBLIC void
hooktools_certificate_free(struct hooktools_certificate *certificate);

/* The certificate's: its PEM, its SHA-256, its role (plain, admin, viewer, anonymous). */
HOOKTOOLS_PUBLIC const char *
hooktools_certificate_bytes(const struct hooktools_certificate *certificate, size_t *len);
HOOKTOOLS_PUBLIC const char *
hooktools_certificate_hash(const struct hooktools_certificate *certificate);
HOOKTOOLS_PUBLIC const char *
hooktools_certificate_role(const struct hooktools_certificate *certificate);

/* The ids of the owner's jobs, newest first, for free(3). */
HOOKTOOLS_PUBLIC int hooktools_jobs(char (**ids)[HOOKTOOLS_ID_LEN], size_t *count,
				    const struct hooktools_certificate *certificate,
				    struct hooktools_error *err);

/* The job of this id, a UUID, or of this number. */
HOOKTOOLS_PUBLIC int hooktools_job_open(struct hooktools_job **job,
					const struct hooktools_certificate *certificate,
					const char *id, struct hooktools_error *err);

/* A number that nobody else gets: how many jobs there are, at least 1, and behind that the Unix
 * time, as decimal digits. */
HOOKTOOLS_PUBLIC int hooktools_number(int64_t *number,
				      const struct hooktools_certificate *certificate,
				      struct hooktools_error *err);

/* A job that executes argv, which ends with NULL, in the current folder.  It is not started. */
HOOKTOOLS_PUBLIC int hooktools_job_new(struct hooktools_job **job,
				       const struct hooktools_certificate *certificate,
				       const char *const *argv,
				       struct hooktools_error *err);

/* Forgets the handle; a job that was started runs on. */
HOOKTOOLS_PUBLIC void hooktools_job_free(struct hooktools_job *job);

HOOKTOOLS_PUBLIC const char *hooktools_job_id(const struct hooktools_job *job);
/* 0 for one that was not made here. */
HOOKTOOLS_PUBLIC int64_t hooktools_job_number(const struct hooktools_job *job);

/* Say more of a job before it is started: key is a long option of "runjob start" without its
 * dashes, and the value as that takes it ("memory" "512M", "env" "NAME=value", "user" "nobody").
 * A key that may stand there often goes on, of any other the last value stands. */
HOOKTOOLS_PUBLIC int hooktools_job_set(struct hooktools_job *job, const char *key,
				       const char *value, struct hooktools_error *err);

/* What it will read as its standard input; the bytes are copied. */
HOOKTOOLS_PUBLIC int hooktools_job_input(struct hooktools_job *job, const void *bytes,
					 size_t len, struct hooktools_error *err);

/* Returns when it has begun: at once, or, of one with a group or an after, in its turn. */
HOOKTOOLS_PUBLIC int hooktools_job_start(struct hooktools_job *job,
					 struct hooktools_error *err);

/* Returns when it is stored.  It begins when fewer than HOOKTOOLS_JOBS_MAX others run that were
 * submitted, and its turn in its group has come. */
HOOKTOOLS_PUBLIC int hooktools_job_submit(struct hooktools_job *job,
					  struct hooktools_error *err);

/* What to read of a log, and what was read. */
struct hooktools_tail {
	void *buffer; /* room for size bytes */
	size_t size;
	uint64_t lines;	 /* so many from the end; 0: from the offset */
	uint64_t offset; /* of the first byte; afterwards of the one behind the last */
	size_t len;	 /* how many bytes are in buffer now; 0 at the end */
};

/* Reads once; lines is 0 afterwards, so that the next call goes on. */
HOOKTOOLS_PUBLIC int hooktools_job_tail(const struct hooktools_job *job,
					struct hooktools_tail *tail,
					struct hooktools_error *err);

struct hooktools_status {
	char state[16]; /* queued, running, ok, failed ...: hookjobs(5) */
	int is_final;
	int exit_code; /* -1: none */
	int signal;    /* 0: none */
	int pid;       /* of its first process; 0: none yet */
	char reason[256];
};

HOOKTOOLS_PUBLIC int hooktools_job_status(struct hooktools_status *status,
					  const struct hooktools_job *job,
					  struct hooktools_error *err);

/* Until it has ended. */
HOOKTOOLS_PUBLIC int hooktools_job_wait(struct hooktools_status *status,
					const struct hooktools_job *job,
					struct hooktools_error *err);

/* SIGTERM to all of it, after grace_ms SIGKILL, and wait until nobody is left and its cgroup is
 * gone.  One that has ended is fine. */
HOOKTOOLS_PUBLIC int hooktools_job_stop(struct hooktools_job *job, uint64_t grace_ms,
					struct hooktools_error *err);

#undef HOOKTOOLS_PUBLIC
#if defined(__cplusplus)
}
#endif

#endif
