/* runjob-object: files by content, for runs and their tasks.  Started as `runjob object`; see
 * runjob-object(1). */
#include <stdlib.h>
#include <string.h>

#include "bin/runjob-object/commands.h"
#include "lib/certificate.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/program.h"
#include "lib/str.h"

static const struct command {
	const char *name;
	int (*run)(struct context *context, struct error *err);
	const char *letters;
	size_t operands;
} commands[] = {
	{ "put", cmd_put, "ejopr", 2 },	   { "get", cmd_get, "opr", 1 },
	{ "list", cmd_list, "ajlopr", 0 }, { "delete", cmd_delete, "opr", 1 },
	{ "gc", cmd_gc, "jopr", 0 },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int owner_of_certificate(struct context *context, const char *path,
				struct error *err)
{
	auto_certificate struct certificate certificate = CERTIFICATE_EMPTY;

	if (certificate_read(&certificate, path, err) < 0)
		return error_wrap(err, "--owner");
	memcpy(context->owner, certificate.hash, sizeof(context->owner));
	return 0;
}

/* That of the job in which we are, if we are in one. */
static int owner_of_job(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	const char *id = getenv("HOOKTOOLS_JOB_ID");
	bool found = false;

	if (!id || !uuid_is_valid(id))
		return 0;
	if (job_find(&job, &found, &context->layout, id, err) < 0)
		return -1;
	if (found)
		memcpy(context->owner, job.owner, sizeof(context->owner));
	return 0;
}

static int choose_owner(struct context *context, struct error *err)
{
	const char *named = context->options.owner;

	if (named && !job_owner_parse(context->owner, named) &&
	    owner_of_certificate(context, named, err) < 0)
		return -1;
	if (!named && owner_of_job(context, err) < 0)
		return -1;
	if (*context->owner)
		context->layout.owner = context->owner;
	return 0;
}

static int run_command(struct context *context, const struct command *command,
		       struct error *err)
{
	if (scope_choose(&context->scope, &context->options, err) < 0 ||
	    layout_read(&context->layout, err) < 0 ||
	    config_load(&context->config, &context->layout, err) < 0 ||
	    choose_owner(context, err) < 0 ||
	    store_open(&context->store, &context->layout, err) < 0)
		return -1;
	return command->run(context, err);
}

static int run(void *cli_context, struct error *err)
{
	struct context context = { .options = *(struct options *)cli_context,
				   .layout = LAYOUT_EMPTY,
				   .config = CONFIG_EMPTY,
				   .store = STORE_NONE };
	const struct cli *cli = &context.options.cli;
	const struct command *command = cli->count ? find_command(cli->words[0]) : NULL;
	int status = -1;

	if (!command)
		return error_set(err, ERROR_USAGE, "%s '%s'; see runjob object --help",
				 cli->count ? "unknown command" : "a command is missing",
				 cli->count ? cli->words[0] : "object");
	if (cli->count - 1 != command->operands)
		return error_set(err, ERROR_USAGE,
				 "object %s wants %zu operands; see runjob object --help",
				 command->name, command->operands);
	context.operands = context.options.cli.words + 1;
	if (cli_check(cli, command->name, command->letters, err) == 0)
		status = run_command(&context, command, err);
	store_close(&context.store);
	config_free(&context.config);
	layout_free(&context.layout);
	return status;
}

int main(int argc, char *argv[])
{
	static const struct program program = { "runjob", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
