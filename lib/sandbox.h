#ifndef LIB_SANDBOX_H
#define LIB_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * A process gives up what it will not need, for good: it never gains privileges
 * (PR_SET_NO_NEW_PRIVS), never executes a program (seccomp(2)), and, where the kernel has
 * Landlock (landlock(7), Linux 5.13), reaches no files but those named.  What it has open
 * stays open.
 */
struct sandbox_path {
	const char *
		path; /* a folder with all below it, or a file; passed over when missing */
	bool writable;
};

/* *landlocked tells whether files are closed off too. */
int sandbox_enter(bool *landlocked, const struct sandbox_path *paths, size_t count,
		  struct error *err);

/* The middle of these alone: no files are reached but those named.  execute: programs among them
 * can be executed. */
int sandbox_close_files_off(bool *landlocked, const struct sandbox_path *paths,
			    size_t count, bool execute, struct error *err);

#endif
