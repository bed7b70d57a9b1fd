/* runjob: runs jobs, each under a supervisor of its own.  See runjob(1). */
#include <signal.h>
#include <stdio.h>

#include "bin/runjob/commands.h"
#include "bin/runjob/options.h"
#include "bin/runjob/owner.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/log.h"
#include "lib/process.h"
#include "lib/str.h"

struct command {
	const char *name;
	int (*run)(struct context *context, struct error *err);
	enum options_grammar grammar;
};

/* clang-format off */
static const struct command commands[] = {
	{ "run", cmd_run, OPTIONS_JOB },
	{ "start", cmd_start, OPTIONS_JOB },
	{ "list", cmd_list, OPTIONS_QUERY },
	{ "show", cmd_show, OPTIONS_QUERY },
	{ "tail", cmd_tail, OPTIONS_TAIL },
	{ "stop", cmd_stop, OPTIONS_QUERY },
	{ "anchor", cmd_anchor, OPTIONS_QUERY },
	{ "pause", cmd_pause, OPTIONS_QUERY },
	{ "resume", cmd_resume, OPTIONS_QUERY },
	{ "usage", cmd_usage, OPTIONS_QUERY },
	{ "attach", cmd_attach, OPTIONS_QUERY },
	{ "shell", cmd_shell, OPTIONS_QUERY },
	{ "env", cmd_env, OPTIONS_QUERY },
	{ "debug", cmd_debug, OPTIONS_QUERY },
	{ "wait", cmd_wait, OPTIONS_QUERY },
	{ "why", cmd_why, OPTIONS_QUERY },
	{ "timeline", cmd_timeline, OPTIONS_QUERY },
	{ "watch", cmd_watch, OPTIONS_QUERY },
	{ "again", cmd_again, OPTIONS_QUERY },
	{ "diff", cmd_diff, OPTIONS_QUERY },
	{ "results", cmd_results, OPTIONS_QUERY },
	{ "queue", cmd_queue, OPTIONS_QUERY },
	{ "remove", cmd_remove, OPTIONS_QUERY },
	{ "prune", cmd_prune, OPTIONS_QUERY },
	{ "recover", cmd_recover, OPTIONS_QUERY },
	{ "report", cmd_helper, OPTIONS_RAW },
	{ "certs", cmd_helper, OPTIONS_RAW },
	{ "pipeline", cmd_helper, OPTIONS_RAW },
	{ "object", cmd_helper, OPTIONS_RAW },
	{ "serve", cmd_helper, OPTIONS_RAW },
};
/* clang-format on */

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int print(const char *text, struct error *err)
{
	if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write standard output");
	return 0;
}

/* What was not there, or not whole, of the job that is asked for may have been removed since. */
static void look_again(const struct context *context, struct error *err)
{
	const struct options *options = &context->options;
	auto_job struct job job = JOB_NONE;
	struct error ignored = { 0 };
	bool found = false;

	if ((err->kind != ERROR_SYSTEM && err->kind != ERROR_DATA) ||
	    options->operand_count == 0 ||
	    job_open(&job, &found, &context->layout, options->operands[0], &ignored) < 0)
		return;
	if (!found || job_is_removed(&job))
		(void)job_say_removed(options->operands[0], err);
}

static int run_command(struct context *context, struct error *err)
{
	struct options *options = &context->options;
	const struct command *command = find_command(options->operands[0]);

	if (!command)
		return error_set(err, ERROR_USAGE,
				 "unknown command '%s'; see runjob --help",
				 options->operands[0]);
	if (options_parse_command(options, command->grammar, options->operand_count,
				  options->operands, err) < 0)
		return -1;
	if (options->help)
		return print(options_usage, err);
	if (layout_read(&context->layout, err) < 0 ||
	    config_load(&context->config, &context->layout, err) < 0)
		return -1;
	process_prefer(context->layout.bin);
	if (owner_choose(context, err) < 0)
		return -1;
	if (command->run(context, err) == 0)
		return 0;
	if (command->grammar != OPTIONS_JOB)
		look_again(context, err);
	return -1;
}

static int run(struct context *context, int argc, char *argv[], struct error *err)
{
	if (options_parse(&context->options, argc, argv, err) < 0)
		return -1;
	log_start("runjob", context->options.debug);
	if (context->options.help)
		return print(options_usage, err);
	if (context->options.version)
		return print("runjob " HOOKTOOLS_VERSION "\n", err);
	return run_command(context, err);
}

int main(int argc, char *argv[])
{
	struct context context = { .options = OPTIONS_EMPTY,
				   .layout = LAYOUT_EMPTY,
				   .config = CONFIG_EMPTY };
	struct error err = { 0 };
	int failed;

	log_start("runjob", false);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	failed = run(&context, argc, argv, &err);
	if (failed)
		log_error("%s", err.message);
	options_free(&context.options);
	config_free(&context.config);
	layout_free(&context.layout);
	return failed ? error_exit_status(&err) : context.status;
}
