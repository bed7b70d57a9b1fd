#ifndef LIB_PIPELINE_RUNS_H
#define LIB_PIPELINE_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/job_status.h"
#include "lib/pipeline_state.h"
#include "lib/uuid.h"

struct error;
struct layout;
struct pipeline_folder;

/* The runs of a registered pipeline: runs/<id> is a symbolic link that leads nowhere, whose text
 * is what was chosen, see pipeline_choice_add. */
struct pipeline_run {
	char id[UUID_LEN];
	struct pipeline_choice choice;
};

struct pipeline_runs {
	struct pipeline_run *items;
	size_t count;
};

#define PIPELINE_RUNS_EMPTY                                                              \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_pipeline_runs __attribute__((cleanup(pipeline_runs_free)))

/* What was chosen for a run before, if anything was. */
int pipeline_run_find(struct pipeline_choice *choice, bool *found,
		      const struct pipeline_folder *folder, const char *id,
		      struct error *err);

/* Write down what was chosen for a run, durably.  A run for which something was chosen before
 * has that: *choice is changed. */
int pipeline_run_note(struct pipeline_choice *choice,
		      const struct pipeline_folder *folder, const char *id,
		      struct error *err);

/* All, newest first. */
int pipeline_runs_read(struct pipeline_runs *list, const struct pipeline_folder *folder,
		       struct error *err);
void pipeline_runs_free(struct pipeline_runs *list);

/* What became of one.  *found is false when there is no such job, and *starts tells whether it
 * may be on its way; one that is not is forgotten when it is long ago. */
struct pipeline_run_look {
	bool found;
	bool starts;
	struct job_status status;
};

#define PIPELINE_RUN_LOOK_EMPTY                                                          \
	{                                                                                \
		.found = false                                                           \
	}

int pipeline_run_status(struct pipeline_run_look *look,
			const struct pipeline_folder *folder, const char *id,
			const struct layout *layout, struct error *err);

#endif
