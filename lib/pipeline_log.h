#ifndef LIB_PIPELINE_LOG_H
#define LIB_PIPELINE_LOG_H

#include <stddef.h>

#include "lib/pipeline_state.h"

struct error;
struct pipeline_folder;

/*
 * What is deployed, the file "current", which is replaced by rename, and how it came to that,
 * the file "deployments", a line each.  The rename is what counts: the line of the last one,
 * which "current" has, too, is added by whoever comes next if a crash kept it out.
 */

/* All zeros before the first deployment. */
int pipeline_state_read(struct pipeline_state *state,
			const struct pipeline_folder *folder, struct error *err);

/* As it is now, with state->last in the log.  Durable; the store is locked to change it. */
int pipeline_state_write(const struct pipeline_folder *folder,
			 const struct pipeline_state *state, struct error *err);

/* All, in their order. */
struct pipeline_deployments {
	struct pipeline_deployment *items;
	size_t count;
};

#define PIPELINE_DEPLOYMENTS_EMPTY                                                       \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_pipeline_deployments __attribute__((cleanup(pipeline_deployments_free)))

int pipeline_deployments_read(struct pipeline_deployments *list,
			      const struct pipeline_folder *folder, struct error *err);
void pipeline_deployments_free(struct pipeline_deployments *list);

#endif
