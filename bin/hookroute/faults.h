#ifndef BIN_HOOKROUTE_FAULTS_H
#define BIN_HOOKROUTE_FAULTS_H

#include <stddef.h>

struct buf;
struct error;

/* What is wrong with route files, each with its place. */
struct fault {
	char *file;
	unsigned line; /* 0: not of a line */
	char *what;
	char *clause; /* the line's text; NULL when there is none */
};

struct faults {
	struct fault *list;
	size_t count;
};

#define FAULTS_EMPTY                                                                     \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_faults __attribute__((cleanup(faults_free)))

/* text: of the whole file, from which the line is cut; NULL when there is none. */
void faults_add(struct faults *faults, const char *file, unsigned line, const char *what,
		const char *text);
void faults_free(struct faults *faults);

/* "publish.jq:3: WHAT: LINE", appended. */
void fault_write(struct buf *out, const struct fault *fault);

/* Always -1: ERROR_CONFIG with the first of them, and how many others there are. */
int faults_error(const struct faults *faults, struct error *err);

#endif
