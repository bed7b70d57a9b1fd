#ifndef BIN_HOOKROUTE_ROUTES_TEXT_H
#define BIN_HOOKROUTE_ROUTES_TEXT_H

#include <stddef.h>

struct buf;
struct error;
struct faults;

/*
 * The route files' text, and the one program that is made of it: each file is the body of a
 * function of its own.  What its brackets and strings open they close, or it is refused
 * here, so that none can reach into its neighbour.
 */
struct route_text {
	char *name;
	char *text;	/* as it is in the file */
	char *includes; /* its include lines, which stand at the program's top */
	char *body;	/* the text without them: the same number of lines */
	unsigned lines;
	unsigned first; /* the line of the program where it begins */
};

struct routes_text {
	struct route_text *list;
	size_t count;
};

#define ROUTES_TEXT_EMPTY                                                                \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_routes_text __attribute__((cleanup(routes_text_free)))

/* All *.jq of a folder, in the order of their names; none if it is missing. */
int routes_text_read(struct routes_text *texts, struct faults *faults, const char *dir,
		     struct error *err);

/* One file of a folder; a missing one is none. */
int routes_text_read_file(struct routes_text *texts, struct faults *faults, int dir,
			  const char *name, struct error *err);

/* One that is no file of a folder. */
void routes_text_add(struct routes_text *texts, struct faults *faults, const char *name,
		     const char *text);
void routes_text_free(struct routes_text *texts);

/*
 * Append the program of the files from begin to end, and note their first lines.  It asks
 * `input` before each whether it is to be run; an output of it is [OUTPUT], an error that
 * it raised {error: ERROR}.
 */
void routes_text_program(struct buf *program, struct routes_text *texts, size_t begin,
			 size_t end);

/* Append the program of a text that is one filter, within the same fences. */
void routes_text_fence(struct buf *program, const char *text);

#endif
