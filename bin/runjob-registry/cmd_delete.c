#include "bin/runjob-registry/commands.h"

#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_status.h"
#include "lib/pipeline_runs.h"
#include "lib/str.h"

static int refuse_while_running(const struct context *context,
				const struct pipeline_folder *folder, struct error *err)
{
	auto_pipeline_runs struct pipeline_runs runs = PIPELINE_RUNS_EMPTY;
	size_t going = 0;

	if (pipeline_runs_read(&runs, folder, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		struct pipeline_run_look look = PIPELINE_RUN_LOOK_EMPTY;

		if (pipeline_run_status(&look, folder, runs.items[i].id, &context->layout,
					err) < 0)
			return -1;
		going +=
			look.found ? !job_state_is_final(look.status.state) : look.starts;
	}
	if (!going)
		return 0;
	return error_set(err, ERROR_TEMPORARY,
			 "%zu runs of pipeline '%s' have not ended; see runjob pipeline "
			 "cancel",
			 going, folder->name);
}

int cmd_delete(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	auto_free char *text = NULL;

	if (registered_open(&registered, context, PIPELINE_CHANGE, false, err) < 0 ||
	    refuse_while_running(context, &registered.folder, err) < 0)
		return -1;
	text = str_format(context->options.json
				  ? "{\"pipeline\":\"%s\",\"changed\":true}\n"
				  : "%s: deleted\n",
			  registered.folder.name);
	if (pipeline_folder_remove(&registered.folder, &registered.store, err) < 0)
		return -1;
	return file_write(STDOUT_FILENO, text, strlen(text), "standard output", err);
}
