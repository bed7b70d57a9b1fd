#include "bin/runjob-object/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/runjob-object/options.h"
#include "lib/error.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { PIPELINE_NAME_MAX = 32 };

static bool is_pipeline(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t len = strlen(name);

	return len > 0 && len <= PIPELINE_NAME_MAX && strspn(name, letters) == len;
}

static void fill(struct scope *scope, enum scope_kind kind, const char *of)
{
	static const char *const folders[] = { "global", "pipeline,", "run," };

	*scope = (struct scope){ .kind = kind };
	snprintf(scope->of, sizeof(scope->of), "%s", of);
	snprintf(scope->folder, sizeof(scope->folder), "%s%s", folders[kind], of);
	if (kind == SCOPE_PIPELINE)
		snprintf(scope->words, sizeof(scope->words), " of pipeline '%s'", of);
	else if (kind == SCOPE_RUN)
		snprintf(scope->words, sizeof(scope->words), " of run %s", of);
}

static const char *our_run(void)
{
	const char *run = getenv("HOOKTOOLS_RUN_ID");

	return run ? run : getenv("HOOKTOOLS_JOB_ID");
}

static int choose_run(struct scope *scope, const char *id, struct error *err)
{
	if (str_equal(id, "."))
		id = our_run();
	if (!id)
		return error_set(err, ERROR_USAGE,
				 "--run . is for jobs: HOOKTOOLS_JOB_ID is not set");
	if (!uuid_is_valid(id))
		return error_set(err, ERROR_USAGE, "'%s' is no run's id (a UUID)", id);
	fill(scope, SCOPE_RUN, id);
	return 0;
}

int scope_choose(struct scope *scope, const struct options *options, struct error *err)
{
	const char *name = options->pipeline;

	if (name && options->run)
		return error_set(err, ERROR_USAGE, "--pipeline or --run, not both");
	if (options->run)
		return choose_run(scope, options->run, err);
	if (str_equal(name, ".") && !(name = getenv("HOOKTOOLS_PIPELINE")))
		return error_set(err, ERROR_USAGE,
				 "--pipeline . is for tasks of pipelines: "
				 "HOOKTOOLS_PIPELINE is not set");
	if (name && !is_pipeline(name))
		return error_set(err, ERROR_USAGE, "'%s' is no pipeline's name", name);
	fill(scope, name ? SCOPE_PIPELINE : SCOPE_GLOBAL, name ? name : "");
	return 0;
}

bool scope_of_folder(struct scope *scope, const char *folder)
{
	if (str_equal(folder, "global"))
		fill(scope, SCOPE_GLOBAL, "");
	else if (str_starts(folder, "pipeline,") && is_pipeline(folder + 9))
		fill(scope, SCOPE_PIPELINE, folder + 9);
	else if (str_starts(folder, "run,") && uuid_is_valid(folder + 4))
		fill(scope, SCOPE_RUN, folder + 4);
	else
		return false;
	return true;
}
