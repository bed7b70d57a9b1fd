#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/operation.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/takeout.h"
#include "bin/hookroute/walk.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"

enum { PROGRESS_LIMIT = 64 << 20 };

/* What a file that was left behind says is done stays done: released, the event is a file
 * of its own name. */
static int keep_progress(const struct spool *spool, const struct walk_event *event,
			 struct error *err)
{
	auto_free char *from = str_format("%s.done", event->file);
	auto_free char *to = str_format("%s.done", event->id);
	auto_buf struct buf text = BUF_EMPTY;
	int dir = spool->dir[SPOOL_CUR];
	bool found = false;

	if (event->state != SPOOL_CUR || str_equal(from, to))
		return 0;
	if (file_read_if(&text, &found, dir, from, PROGRESS_LIMIT, err) < 0)
		return -1;
	return found ? file_replace(dir, to, text.data, text.len, 0600, err) : 0;
}

static bool exists(const struct spool *spool, const char *id)
{
	return faccessat(spool->dir[SPOOL_HOLD], id, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int put_held(void *context, const struct walk_event *event, struct error *err)
{
	struct operation *operation = context;
	const struct spool *spool = &operation->spool;
	auto_buf struct buf text = BUF_EMPTY;

	buf_add(&text, event->line.data, event->line.len);
	buf_add_char(&text, '\n');
	if (event->rest.len) {
		buf_add(&text, event->rest.data, event->rest.len);
		buf_add_char(&text, '\n');
	}
	if (keep_progress(spool, event, err) < 0)
		return -1;
	/* One that came twice: what is held already says more. */
	if ((event->rest.len || !exists(spool, event->id)) &&
	    file_replace(spool->dir[SPOOL_HOLD], event->id, text.data, text.len, 0600,
			 err) < 0)
		return error_wrap(err, "hold event '%s'", event->id);
	return operation_note(operation, event, NULL, err);
}

static int note(void *context, const struct walk_event *event, struct error *err)
{
	return operation_note(context, event, NULL, err);
}

static bool wants(void *context, const struct walk_event *event)
{
	return operation_wants(context, event);
}

int cmd_hold(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_operation struct operation operation = OPERATION_NONE;
	const struct takeout takeout = { .spool = &operation.spool,
					 .wants = wants,
					 .put = put_held,
					 .whole = SPOOL_HOLD,
					 .note = note,
					 .context = &operation,
					 .busy = &operation.busy };
	bool narrow = options->all || pick_is_narrow(options);

	if (narrow == (options->operand_count > 0))
		return error_set(err, ERROR_USAGE,
				 "hold wants ids, or --all, or --name and the like");
	if (operation_open(&operation, "hold", options, layout, err) < 0 ||
	    takeout_all(&takeout, err) < 0)
		return -1;
	return operation_verdict(&operation, "new/ or defer/", err);
}
