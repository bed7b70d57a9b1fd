#include "bin/hookroute/work.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/aside.h"
#include "bin/hookroute/dispatch.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_scan.h"
#include "lib/log.h"

void work_free(struct work *work)
{
	buf_free(&work->line);
	deliveries_free(&work->deliveries);
	free(work->parcels);
	free(work);
}

void work_delivery_id(char id[static UUID_LEN], const struct work *work,
		      const struct delivery *delivery)
{
	delivery_id(id, work->id, delivery);
}

static struct str_view view(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

/* The event's own id; one that has none is known by its file's. */
static void find_id(struct work *work)
{
	struct str_view value = { NULL, 0 };

	memcpy(work->id, work->lease->id, UUID_LEN);
	if (!json_scan_member(&value, view(&work->line), "id") ||
	    value.len != UUID_LEN + 1)
		return;
	memcpy(work->id, value.data + 1, UUID_LEN - 1);
	if (!uuid_is_valid(work->id))
		memcpy(work->id, work->lease->id, UUID_LEN);
}

/* What cannot be routed is one delivery that has failed for good. */
static void add_problem(struct work *work, const char *problem)
{
	struct delivery *delivery;

	deliveries_free(&work->deliveries);
	delivery = deliveries_add(&work->deliveries);
	delivery->problem = str_dup(problem);
}

static int read_left(struct work *work, struct error *err)
{
	auto_buf struct buf state = BUF_EMPTY;
	bool found = false;

	if (lease_read(&state, &found, work->lease, err) < 0)
		return -1;
	work->lease->ended = true;
	/* Written whole or not at all; if a person changed it, the event is routed anew. */
	if (found && aside_read(&work->deliveries, view(&state), err) == 0)
		return 0;
	log_warning("defer/%s: %s, routing it anew", work->lease->id,
		    found ? err->message : "no second line");
	work->is_unrouted = true;
	return 0;
}

static void make_parcels(struct work *work)
{
	size_t i;

	work->parcels = calloc(work->deliveries.count + 1, sizeof(*work->parcels));
	if (!work->parcels)
		abort();
	for (i = 0; i < work->deliveries.count; i++) {
		work->parcels[i].work = work;
		work->parcels[i].delivery = &work->deliveries.list[i];
	}
	work->open = work->deliveries.count;
}

int work_read(struct work **work, bool *ended, struct dispatch *dispatch,
	      struct lease *lease, struct error *err)
{
	struct work *made = calloc(1, sizeof(*made));
	bool found = false;
	int failed;

	if (!made)
		abort();
	made->dispatch = dispatch;
	made->lease = lease;
	failed = lease_read(&made->line, &found, lease, err);
	if (!failed && found) {
		find_id(made);
		if (lease->state == SPOOL_DEFER)
			failed = read_left(made, err);
		else
			made->is_unrouted = true;
	}
	*ended = !found;
	if (failed || !found) {
		work_free(made);
		return failed;
	}
	if (!made->is_unrouted)
		make_parcels(made);
	*work = made;
	return 0;
}

static struct work *work_of(struct question *question)
{
	return (struct work *)(void *)((char *)question -
				       offsetof(struct work, question));
}

/* What has a lane is not to pass what came in an older file, whatever its own id. */
static void note_file(const struct work *work)
{
	size_t i;

	if (work->lease->state != SPOOL_CUR || str_equal(work->lease->id, work->id))
		return;
	for (i = 0; i < work->deliveries.count; i++) {
		if (work->deliveries.list[i].lane)
			work->deliveries.list[i].file = str_dup(work->lease->id);
	}
}

static void take_answer(struct question *question)
{
	struct work *work = work_of(question);

	work->is_unrouted = false;
	work->deliveries = question->deliveries;
	if (question->problem)
		add_problem(work, question->problem);
	free(question->problem);
	question->problem = NULL;
	note_file(work);
	make_parcels(work);
	work->answered(work);
}

void work_ask(struct work *work, void (*answered)(struct work *work))
{
	work->answered = answered;
	work->question =
		(struct question){ .line = view(&work->line), .answered = take_answer };
	evaluator_ask(work->dispatch->evaluator, &work->question);
}

void work_drop(struct dispatch *dispatch, void (*drop)(struct work *work))
{
	struct question *question = evaluator_drop(dispatch->evaluator);

	while (question) {
		struct work *work = work_of(question);

		question = question->next;
		work->open = 1;
		drop(work);
	}
}

/* The members of an object without its closing brace. */
static void write_open_object(struct buf *out, const char *send)
{
	size_t len = send ? strlen(send) : 0;

	if (len <= 2) {
		buf_add_char(out, '{');
		return;
	}
	buf_add(out, send, len - 1);
	buf_add_char(out, ',');
}

void work_write(const struct work *work, const struct delivery *delivery, struct buf *out)
{
	struct str_view payload = { "null", 4 };

	if (delivery->with == WITH_NOTHING) {
		buf_add_str(out, delivery->send);
	} else if (delivery->with == WITH_EVENT && !delivery->send) {
		buf_add(out, work->line.data, work->line.len);
	} else if (delivery->with == WITH_EVENT) {
		write_open_object(out, delivery->send);
		buf_add_str(out, "\"event\":");
		buf_add(out, work->line.data, work->line.len);
		buf_add_char(out, '}');
	} else {
		(void)json_scan_member(&payload, view(&work->line), "payload");
		write_open_object(out, delivery->send);
		buf_add_str(out, "\"payload\":");
		buf_add(out, payload.data, payload.len);
		buf_add_char(out, '}');
	}
	buf_add_char(out, '\n');
}
