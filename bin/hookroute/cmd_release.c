#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/operation.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/walk.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"

static int move(const struct spool *spool, const struct walk_event *event,
		enum spool_state to, const char *name, struct error *err)
{
	if (renameat2(spool->dir[SPOOL_HOLD], event->file, spool->dir[to], name,
		      RENAME_NOREPLACE) < 0) {
		if (errno == EEXIST)
			return error_set(err, ERROR_TEMPORARY,
					 "event %s waits in %s/ as well: release it when "
					 "that one is done",
					 event->id, spool_state_name(to));
		return error_errno(err, "release event '%s'", event->id);
	}
	return file_sync_dir(spool->dir[to], spool_state_name(to), err);
}

/* What is left of it goes on at once. */
static int to_defer(const struct spool *spool, const struct walk_event *event,
		    struct error *err)
{
	if (utimensat(spool->dir[SPOOL_HOLD], event->file, NULL, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "release event '%s'", event->id);
	return move(spool, event, SPOOL_DEFER, event->id, err);
}

/* The file it once was the first of may still bear its name. */
static int to_new(const struct spool *spool, const struct walk_event *event,
		  struct error *err)
{
	struct uuid_source ids = { 0 };
	char name[UUID_LEN];

	if (move(spool, event, SPOOL_NEW, event->id, err) == 0)
		return 0;
	if (err->kind != ERROR_TEMPORARY)
		return -1;
	uuid_next(name, &ids, date_now_ms());
	return move(spool, event, SPOOL_NEW, name, err);
}

static int release(enum walk_answer *answer, void *context,
		   const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;
	const struct spool *spool = &operation->spool;

	*answer = WALK_ON;
	if (!operation_wants(operation, event))
		return 0;
	if ((event->rest.len ? to_defer(spool, event, err) : to_new(spool, event, err)) <
	    0)
		return -1;
	return operation_note(operation, event, NULL, err);
}

int cmd_release(const struct options *options, const struct layout *layout,
		struct error *err)
{
	auto_operation struct operation operation = OPERATION_NONE;
	struct walk walk = { .spool = &operation.spool,
			     .each = release,
			     .context = &operation };
	bool narrow = options->all || pick_is_narrow(options);

	if (narrow == (options->operand_count > 0))
		return error_set(err, ERROR_USAGE,
				 "release wants ids, or --all, or --name and the like");
	if (operation_open(&operation, "release", options, layout, err) < 0 ||
	    walk_state(&walk, SPOOL_HOLD, err) < 0)
		return -1;
	return operation_verdict(&operation, "hold/", err);
}
