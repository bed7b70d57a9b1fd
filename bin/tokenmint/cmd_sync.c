#include <inttypes.h>
#include <string.h>

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/event.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/token.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/reply.h"

/* By the words of the reply. */
static const char *const results[] = {
	[EVENT_IGNORE] = "ignored", [EVENT_STORE] = "stored",
	[EVENT_REMOVE] = "removed", [EVENT_FORGET] = "removed",
	[EVENT_RENAME] = "renamed",
};

static int store(struct event_installation *event,
		 const struct installation *installation, struct mint *mint,
		 struct error *err)
{
	const struct scope everything = SCOPE_EMPTY;
	struct error gone = { 0 };

	if (token_renew(mint, installation, &everything, INT64_MAX, &gone) == 0)
		return installation_store(installation, &mint->layout, err);
	*err = gone;
	if (gone.kind != ERROR_ABSENT)
		return -1;
	/* Deleted in the meantime: an event that comes late must not bring it back. */
	event->wish = EVENT_FORGET;
	return 0;
}

static int forget(struct installation *installation, const struct mint *mint,
		  struct error *err)
{
	bool found = false;

	if (installation_find_id(installation, &found, &mint->layout, err) < 0 ||
	    (found && installation_forget(installation, &mint->layout, err) < 0))
		return -1;
	return token_remove(mint, installation, err);
}

/* Whose it is and what it is called here. */
static int identify(struct installation *installation, const struct mint *mint,
		    const struct event_installation *event, struct error *err)
{
	auto_app struct app app = APP_EMPTY;

	if (app_of_installation(&app, &mint->vault, event->object, err) < 0 ||
	    installation_name(installation, &app, event->owner, err) < 0)
		return -1;
	installation->id = event->id;
	return 0;
}

/* Known by its new name only: the old one may become another's. */
static int change_name(const struct event_installation *event, const struct mint *mint,
		       struct error *err)
{
	struct installation known = { .id = event->id };
	struct installation named = INSTALLATION_EMPTY;
	bool found = false;

	if (installation_name(&named, NULL, event->owner, err) < 0 ||
	    installation_find_id(&known, &found, &mint->layout, err) < 0)
		return -1;
	if (!found || str_equal(known.owner, named.owner))
		return 0;
	if (installation_forget(&known, &mint->layout, err) < 0)
		return -1;
	memcpy(known.owner, named.owner, sizeof known.owner);
	return installation_store(&known, &mint->layout, err);
}

static int apply(struct event_installation *event, struct mint *mint, struct error *err)
{
	struct installation installation = INSTALLATION_EMPTY;

	if (event->wish == EVENT_IGNORE)
		return 0;
	if (event->wish == EVENT_RENAME)
		return change_name(event, mint, err);
	if (identify(&installation, mint, event, err) < 0) {
		/* An app that was removed here may have left something behind. */
		if (err->kind != ERROR_CONFIG || event->wish == EVENT_STORE)
			return -1;
		installation.id = event->id;
	}
	if (event->wish == EVENT_REMOVE)
		return token_remove(mint, &installation, err);
	if (event->wish == EVENT_STORE && store(event, &installation, mint, err) < 0)
		return -1;
	return event->wish == EVENT_FORGET ? forget(&installation, mint, err) : 0;
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

static void take_line(void *mint, struct buf *reply, struct str_view line)
{
	struct event_installation event = { .wish = EVENT_IGNORE };
	struct error problem = { 0 };

	if (event_read(&event, line, &problem) < 0 || apply(&event, mint, &problem) < 0) {
		log_warning("event refused: %s", problem.message);
		reply_write_failure(reply, &problem);
		return;
	}
	if (event.wish != EVENT_IGNORE)
		log_info("token %s installation=%" PRIu64 " owner=%.*s",
			 results[event.wish], event.id, (int)event.owner.len,
			 event.owner.data);
	write_ok(reply, &event);
}

int cmd_sync(const struct options *options, const char *const *operands,
	     struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;

	(void)options;
	if (!str_equal(operands[0], "-"))
		return error_set(err, ERROR_USAGE,
				 "sync reads standard input: tokenmint sync -");
	if (mint_open(&mint, err) < 0)
		return -1;
	return reply_serve(take_line, &mint, err);
}
