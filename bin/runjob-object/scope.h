#ifndef BIN_RUNJOB_OBJECT_SCOPE_H
#define BIN_RUNJOB_OBJECT_SCOPE_H

#include <stdbool.h>

struct error;
struct options;

/* For whom a key means an object: everybody of the owner, a pipeline, or a run. */
enum scope_kind { SCOPE_GLOBAL, SCOPE_PIPELINE, SCOPE_RUN };

struct scope {
	enum scope_kind kind;
	char of[40];	 /* the pipeline's name, the run's id; "" for global */
	char folder[64]; /* of its keys: "global", "pipeline,NAME", "run,ID" */
	char words[64];	 /* "", " of pipeline 'NAME'", " of run ID": for people */
};

/* What the options say; "." is what our environment says that we are part of. */
int scope_choose(struct scope *scope, const struct options *options, struct error *err);

/* That of a folder of keys; false when it is none. */
bool scope_of_folder(struct scope *scope, const char *folder);

#endif
