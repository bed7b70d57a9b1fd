#ifndef LIB_PROCESS_H
#define LIB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * Child processes: started with an argument vector and never through a shell.  A child gets
 * descriptors 0, 1 and 2 and no other (ours are close-on-exec), no blocked signal and
 * default dispositions.  Our own SIGPIPE must be ignored: a child may close its stdin.
 */
struct process {
	pid_t pid; /* 0 when there is none */
	int pidfd; /* readable once the process has ended; -1 when there is none */
};

#define PROCESS_NONE                                                                     \
	{                                                                                \
		0, -1                                                                    \
	}

struct process_start {
	const char *const *argv;  /* ends with NULL; argv[0] is looked for in PATH */
	char *const *environment; /* NULL: ours */
	const char *dir;	  /* NULL: ours */
	int in;			  /* -1: /dev/null */
	int out;
	int err;
	int cgroup; /* the folder of a cgroup of version 2, to be born there, and then argv[0]
		     * is a path; 0, or one that takes nobody: beside us */
	bool new_session; /* setsid: no terminal, signals of ours do not reach it */
};

struct process_outcome {
	bool signalled;
	int code; /* the exit status, or the signal's number */
};

/* Put dir in front of PATH, so that our programs call each other and not another version. */
void process_prefer(const char *dir);

/* A program that cannot be executed is an error here and no child: ERROR_CONFIG when it
 * is missing or not executable.  Descriptors are 0, 1, 2 in their own places, or above. */
int process_spawn(struct process *process, const struct process_start *start,
		  struct error *err);

/* In a child: no signal blocked, and none ignored or caught. */
void process_default_signals(void);

/* For a program that steps apart: wait until it has, so that we have no child.  Whoever reaps it
 * before us, with a handler of SIGCHLD, has its status.  The process is empty afterwards. */
int process_leave(struct process *process, const char *what, struct error *err);

/* In that program: go on in a child, of whom nobody has to know. */
int process_step_apart(struct error *err);

/* Wait for its end; process is empty afterwards. */
int process_wait(struct process_outcome *outcome, struct process *process,
		 struct error *err);

struct process_call {
	const char *const *argv;
	struct str_view input; /* its stdin */
	size_t limit;	       /* bytes of stdout that are taken; more is ERROR_DATA */
	int timeout_ms;	       /* then it is killed: ERROR_TEMPORARY */
};

/*
 * Run a program to its end and append its stdout to out.  An exit status other than 0 is an
 * error of the kind that the status means (sysexits), with the last line it wrote to
 * stderr as the text.
 */
int process_capture(struct buf *out, const struct process_call *call, struct error *err);

/* Become a program, argv as in process_start, that reads input as its stdin, or ours when
 * input.data is NULL.  Returns only when that fails: one that cannot be executed is
 * ERROR_CONFIG. */
int process_become(const char *const *argv, struct str_view input, struct error *err);

#endif
