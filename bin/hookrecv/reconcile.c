#include "bin/hookrecv/reconcile.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/forge.h"
#include "bin/hookrecv/gap.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/recovered.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/registry.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define DAY_MS (24 * 60 * MINUTE_MS)
#define WINDOW_MS (3 * DAY_MS)	  /* GitHub sends nothing again that is older */
#define KEEP_MS (7 * DAY_MS)	  /* what is recovered is remembered for so long */
#define AGAIN_MS (10 * MINUTE_MS) /* between two tries, doubled with each */
#define AGAIN_MAX_MS (12 * 60 * MINUTE_MS)
#define SETTLE_MS 3000 /* for what was asked for to come while we are still here */
#define STEP_MS 50

enum { SENDS_MAX = 60 }; /* GitHub bears 80 a minute */

/* One hook's turn. */
struct turn {
	struct reconcile *reconcile;
	const struct registry_hook *hook;
	const struct forge *forge;
	struct recovered_place place;
};

int reconcile_open(struct reconcile *reconcile, const struct options *options,
		   const struct layout *layout, struct error *err)
{
	auto_free char *spool = path_join(layout->state, "spool");
	auto_free char *seen = path_join(layout->state, "seen");

	reconcile->layout = layout;
	reconcile->options = options;
	reconcile->now_ms = date_now_ms();
	reconcile->sends = SENDS_MAX;
	reconcile->json = options->json || !isatty(STDOUT_FILENO);
	if (spool_open(&reconcile->spool, spool, err) < 0 ||
	    seen_open(&reconcile->seen, seen, &reconcile->spool, err) < 0)
		return -1;
	reconcile->known_ms = seen_since_ms(&reconcile->seen);
	return 0;
}

void reconcile_close(struct reconcile *reconcile)
{
	seen_close(&reconcile->seen);
	spool_close(&reconcile->spool);
}

static int say(const struct turn *turn, const struct recovered *item, const char *state,
	       struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	if (!turn->reconcile->json) {
		buf_add_format(&out, "%-11s %-24s %-20s %s %s\n", state, turn->hook->name,
			       item->event, item->delivery, item->id);
		return print_out(&out, err);
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "state", state);
	json_write_string(&writer, "hook", turn->hook->id);
	json_write_string(&writer, "name", turn->hook->name);
	json_write_string(&writer, "delivery", item->delivery);
	json_write_string(&writer, "event", item->event);
	json_write_string(&writer, "found", item->missing ? "missing" : "failed");
	json_write_string(&writer, "status", item->status);
	json_write_u64(&writer, "tries", item->tries);
	json_write_string(&writer, "id", *item->id ? item->id : NULL);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return print_out(&out, err);
}

/* It is in the spool: from now on nobody asks for it. */
static int settle(const struct turn *turn, struct recovered *item, const char *id,
		  struct error *err)
{
	memcpy(item->id, id, UUID_LEN);
	item->recovered_ms = date_now_ms();
	if (!turn->reconcile->options->dry_run &&
	    recovered_write(item, &turn->place, err) < 0)
		return -1;
	log_notice("recovered hook=%s event=%s delivery=%s id=%s", turn->hook->id,
		   item->event, item->delivery, item->id);
	return say(turn, item, "recovered", err);
}

static int give_up(const struct turn *turn, struct recovered *item, struct error *err)
{
	log_warning("lost hook=%s event=%s delivery=%s: the forge was asked %" PRIu64
		    " times and it did not come",
		    turn->hook->id, item->event, item->delivery, item->tries);
	if (!turn->reconcile->options->dry_run &&
	    recovered_drop(&turn->place, item->delivery, err) < 0)
		return -1;
	return say(turn, item, "lost", err);
}

static bool is_due(const struct recovered *item, int64_t now_ms)
{
	int64_t wait_ms = AGAIN_MS;
	uint64_t i;

	if (item->tries == 0)
		return true;
	for (i = 1; i < item->tries && wait_ms < AGAIN_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > AGAIN_MAX_MS)
		wait_ms = AGAIN_MAX_MS;
	return item->tried_ms + wait_ms <= now_ms;
}

/* What the forge cannot send is no reason to leave out the others: GitLab waits for the
 * receiver's answer, and says so when there is none. */
static int pass_over(const struct recovered *item, const struct error *said)
{
	log_warning("delivery %s: %s", item->delivery, said->message);
	return 0;
}

/* The try is written down before it is made: a crash then makes us wait, not ask twice.  One
 * that was refused for now does not count. */
static int ask(const struct turn *turn, struct recovered *item, struct error *err)
{
	struct error ignored = { 0 };
	int64_t before_ms = item->tried_ms;
	bool found = false;

	item->tries++;
	item->tried_ms = date_now_ms();
	if (recovered_write(item, &turn->place, err) < 0)
		return -1;
	if (forge_send(&found, turn->forge, item->forge_id, err) < 0) {
		if (err->kind == ERROR_DATA)
			return pass_over(item, err);
		item->tries--;
		item->tried_ms = before_ms;
		(void)recovered_write(item, &turn->place,
				      &ignored); /* the refusal counts */
		return -1;
	}
	item->asked = found;
	if (found)
		return 0;
	item->gone = true;
	log_warning("the forge has delivery %s no longer", item->delivery);
	return recovered_write(item, &turn->place, err);
}

static bool is_here(const struct turn *turn, struct seen_entry *entry,
		    const struct recovered *item)
{
	entry->hook = turn->hook->id;
	entry->delivery = item->delivery;
	return seen_has(&turn->reconcile->seen, entry);
}

/* One that has been here for long. */
static int forget(const struct turn *turn, const struct recovered *item,
		  struct error *err)
{
	if (turn->reconcile->now_ms - item->recovered_ms < KEEP_MS ||
	    turn->reconcile->options->dry_run)
		return 0;
	return recovered_drop(&turn->place, item->delivery, err);
}

static int treat(const struct turn *turn, struct recovered *item, struct error *err)
{
	struct reconcile *reconcile = turn->reconcile;
	int64_t age_ms = reconcile->now_ms - item->found_ms;
	struct seen_entry entry = { NULL, NULL, "", "" };

	if (item->recovered_ms)
		return forget(turn, item, err);
	if (is_here(turn, &entry, item))
		return settle(turn, item, entry.id, err);
	if (age_ms > (turn->forge->is_gitlab ? KEEP_MS : WINDOW_MS))
		return give_up(turn, item, err);
	if (item->gone || !is_due(item, reconcile->now_ms))
		return 0;
	if (reconcile->options->dry_run)
		return say(turn, item, "due", err);
	if (reconcile->sends == 0) {
		reconcile->put_off++;
		return 0;
	}
	reconcile->sends--;
	return ask(turn, item, err);
}

/* Those that were asked for come in a moment, or with a later run. */
static int await(const struct turn *turn, struct recovered_list *list, struct error *err)
{
	int64_t end_ms = date_now_ms() + SETTLE_MS;

	for (size_t i = 0; i < list->count; i++) {
		struct recovered *item = &list->items[i];
		struct seen_entry entry = { NULL, NULL, "", "" };
		bool here = false;

		if (!item->asked)
			continue;
		while (!(here = is_here(turn, &entry, item)) && date_now_ms() < end_ms)
			(void)poll(NULL, 0, STEP_MS);
		if ((here ? settle(turn, item, entry.id, err)
			  : say(turn, item, "redelivered", err)) < 0)
			return -1;
	}
	return 0;
}

static int treat_all(const struct turn *turn, struct recovered_list *list,
		     struct error *err)
{
	struct error said = { 0 };
	int failed = 0;

	for (size_t i = 0; i < list->count && !failed; i++)
		failed = treat(turn, &list->items[i], err);
	/* What was asked for before it went wrong is told nevertheless. */
	if (await(turn, list, failed ? &said : err) < 0)
		return -1;
	return failed;
}

static int64_t since_of(const struct reconcile *reconcile,
			const struct registry_hook *hook)
{
	int64_t window_ms = reconcile->now_ms - WINDOW_MS;
	int64_t created_ms = hook->created_ms - MINUTE_MS; /* clocks differ */

	if (reconcile->options->since_ms)
		return reconcile->now_ms - (int64_t)reconcile->options->since_ms;
	return created_ms > window_ms ? created_ms : window_ms;
}

int reconcile_hook(struct reconcile *reconcile, const struct registry_hook *hook,
		   struct error *err)
{
	auto_forge struct forge forge = FORGE_NONE;
	auto_recovered_list struct recovered_list list = RECOVERED_LIST_EMPTY;
	struct turn turn = {
		reconcile, hook, &forge, { reconcile->layout->state, hook->id }
	};
	struct gap gap = { .forge = &forge,
			   .seen = &reconcile->seen,
			   .place = &turn.place,
			   .now_ms = reconcile->now_ms,
			   .since_ms = since_of(reconcile, hook),
			   .known_ms = reconcile->known_ms,
			   .once = reconcile->options->since_ms != 0,
			   .dry = reconcile->options->dry_run };

	if (forge_open(&forge, hook, reconcile->layout, err) < 0 ||
	    recovered_list(&list, &turn.place, err) < 0 ||
	    gap_find(&list, &gap, err) < 0 || treat_all(&turn, &list, err) < 0)
		return error_wrap(err, "%s", hook->name);
	return 0;
}
