#ifndef LIB_PIPELINE_TASK_H
#define LIB_PIPELINE_TASK_H

#include "lib/json.h"

struct error;

/* What the tasks of a pipeline have of it: whole is the pipeline, object one of its tasks. */

/* The job of a task, a JSON object without an id, which the caller frees. */
char *pipeline_task_spec(jv object, jv whole, const char *pipeline, const char *task);

/* "parameters" is an object of texts, by names that environment variables can have; null is
 * no value and ERROR_DATA, too. */
int pipeline_check_parameters(jv whole, struct error *err);

#endif
