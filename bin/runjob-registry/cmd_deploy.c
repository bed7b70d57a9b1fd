#include "bin/runjob-registry/commands.h"

#include <stdio.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/pipeline_share.h"

static void add_sentence(struct buf *out, const struct pipeline_deployment *made)
{
	char share[PIPELINE_SHARE_LEN];

	if (!made->version) {
		buf_add_str(out, made->type == PIPELINE_ENABLE
					 ? "its runs start again"
					 : "no run of it starts any more");
		return;
	}
	pipeline_share_format(share, made->share);
	if (made->share == PIPELINE_SHARE_ALL)
		buf_add_format(out, "all runs are of version %llu from now on",
			       (unsigned long long)made->version);
	else
		buf_add_format(out, "%s of the runs are of version %llu from now on",
			       share, (unsigned long long)made->version);
}

static int say(const struct context *context, const struct registered *registered,
	       bool changed, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	const char *name = registered->folder.name;

	if (context->options.json) {
		buf_add_format(&out, "{\"pipeline\":\"%s\",\"changed\":%s", name,
			       changed ? "true" : "false");
		if (changed) {
			buf_add_str(&out, ",\"deployment\":");
			pipeline_deployment_dump(&out, &registered->state.last);
		}
		buf_add_str(&out, "}\n");
	} else if (changed) {
		buf_add_format(&out, "%s: ", name);
		add_sentence(&out, &registered->state.last);
		buf_add_char(&out, '\n');
	} else {
		buf_add_format(&out, "%s: nothing changed\n", name);
	}
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

/* What is deployed is what was registered. */
static int check_version(struct pipeline_deployment *wanted,
			 const struct registered *registered, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;

	wanted->version = registered->version ? registered->version
					      : pipeline_newest(&registered->folder);
	return record_read(&record, &registered->folder, wanted->version, err);
}

static int change(struct context *context, enum pipeline_type type, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	bool is_version = type == PIPELINE_ALL || type == PIPELINE_CANARY;
	struct pipeline_deployment wanted = { .type = type,
					      .share = context->options.share,
					      .at_ms = date_now_ms() };
	auto_free char *by = whoami();
	bool changed = false;

	snprintf(wanted.by, sizeof(wanted.by), "%s", by);
	if (registered_open(&registered, context, PIPELINE_CHANGE, is_version, err) < 0 ||
	    (is_version && check_version(&wanted, &registered, err) < 0))
		return -1;
	if (pipeline_state_change(&registered.state, &changed, &wanted, err) < 0)
		return error_wrap(err, "pipeline '%s'", registered.folder.name);
	if (changed &&
	    pipeline_state_write(&registered.folder, &registered.state, err) < 0)
		return -1;
	return say(context, &registered, changed, err);
}

int cmd_deploy(struct context *context, struct error *err)
{
	return change(context, context->options.share ? PIPELINE_CANARY : PIPELINE_ALL,
		      err);
}

int cmd_promote(struct context *context, struct error *err)
{
	return change(context, PIPELINE_PROMOTE, err);
}

int cmd_rollback(struct context *context, struct error *err)
{
	return change(context, PIPELINE_ROLLBACK, err);
}

int cmd_enable(struct context *context, struct error *err)
{
	return change(context, PIPELINE_ENABLE, err);
}

int cmd_disable(struct context *context, struct error *err)
{
	return change(context, PIPELINE_DISABLE, err);
}
