#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/event.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/token.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"

/* By the words of the reply. */
static const char *const results[] = {
	[EVENT_IGNORE] = "ignored",
	[EVENT_STORE] = "stored",
	[EVENT_REMOVE] = "removed",
	[EVENT_FORGET] = "removed",
};

static int store(struct event_installation *event,
		 const struct installation *installation, struct mint *mint,
		 struct error *err)
{
	struct error gone = { 0 };

	if (token_renew(mint, installation, INT64_MAX, &gone) == 0)
		return installation_store(installation, &mint->layout, err);
	*err = gone;
	if (gone.kind != ERROR_ABSENT)
		return -1;
	/* Deleted in the meantime: an event that comes late must not bring it back. */
	event->wish = EVENT_FORGET;
	return 0;
}

static int apply(struct event_installation *event, struct mint *mint, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	struct installation installation = INSTALLATION_EMPTY;
	bool found = false;

	if (event->wish == EVENT_REMOVE)
		return token_remove(mint, event->id, err);
	if (event->wish == EVENT_STORE) {
		if (app_of_installation(&app, &mint->vault, event->object, err) < 0 ||
		    installation_name(&installation, app.name, event->owner, err) < 0)
			return -1;
		installation.id = event->id;
		if (store(event, &installation, mint, err) < 0)
			return -1;
	}
	if (event->wish != EVENT_FORGET)
		return 0;
	if (installation_find_id(&installation, &found, event->id, &mint->layout, err) <
		    0 ||
	    (found && installation_forget(&installation, &mint->layout, err) < 0))
		return -1;
	return token_remove(mint, event->id, err);
}

static void write_ok(struct buf *out, const struct event_installation *event)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	json_write_string(&writer, "result", results[event->wish]);
	if (event->wish != EVENT_IGNORE)
		json_write_u64(&writer, "installation", event->id);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void write_failure(struct buf *out, const struct error *problem)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", false);
	json_write_object(&writer, "error");
	json_write_string(&writer, "kind", error_retry_word(problem));
	json_write_string(&writer, "message", problem->message);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void take_line(struct buf *reply, struct str_view line, struct mint *mint)
{
	struct event_installation event = { .wish = EVENT_IGNORE };
	struct error problem = { 0 };

	if (event_read(&event, line, &problem) < 0 || apply(&event, mint, &problem) < 0) {
		log_warning("event refused: %s", problem.message);
		write_failure(reply, &problem);
		return;
	}
	if (event.wish != EVENT_IGNORE)
		log_info("token %s installation=%" PRIu64 " owner=%.*s",
			 results[event.wish], event.id, (int)event.owner.len,
			 event.owner.data);
	write_ok(reply, &event);
}

static int serve(char **line, size_t *cap, struct mint *mint, struct error *err)
{
	ssize_t len = 0;

	while ((len = getline(line, cap, stdin)) > 0) {
		auto_buf struct buf reply = BUF_EMPTY;

		take_line(&reply, (struct str_view){ *line, (size_t)len }, mint);
		if (io_write(&reply, err) < 0)
			return -1;
	}
	if (ferror(stdin))
		return error_errno(err, "read standard input");
	return 0;
}

int cmd_sync(const struct options *options, const char *const *operands,
	     struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	char *line = NULL;
	size_t cap = 0;
	int status = 0;

	(void)options;
	if (!str_equal(operands[0], "-"))
		return error_set(err, ERROR_USAGE,
				 "sync reads standard input: tokenmint sync -");
	if (mint_open(&mint, err) < 0)
		return -1;
	status = serve(&line, &cap, &mint, err);
	free(line);
	return status;
}
