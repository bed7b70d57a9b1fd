#include "bin/hookroute/routes_run.h"

#include <stdbool.h>
#include <string.h>

#include "bin/hookroute/routes_output.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/str.h"
#include "lib/uuid.h"

enum { DELIVERIES_MAX = 1024, BYTES_MAX = 64 << 20 };

struct pass {
	const struct routes_run *run;
	struct deliveries *deliveries;
	char id[UUID_LEN];
	size_t next;  /* the file that is asked about next */
	size_t bytes; /* of what is to be sent */
	bool is_over;
	struct refusal over; /* the file that made too much */
};

/* The next one of this file. */
static struct delivery *add_delivery(struct pass *pass, size_t file)
{
	const struct deliveries *made = pass->deliveries;
	const struct delivery *last = made->count ? &made->list[made->count - 1] : NULL;
	const char *route = pass->run->routes->names[file];
	unsigned n = last && str_equal(last->route, route) ? last->n + 1 : 0;
	struct delivery *delivery = deliveries_add(pass->deliveries);

	delivery->n = n;
	delivery->route = str_dup(route);
	return delivery;
}

static void refuse(struct pass *pass, const struct refusal *refusal)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct delivery *delivery = add_delivery(pass, refusal->file);

	refusal_write(&text, refusal);
	delivery->problem = buf_take(&text);
}

static const struct refusal *find_refusal(const struct pass *pass, size_t file)
{
	size_t i;

	for (i = 0; i < pass->run->refusal_count; i++) {
		if (pass->run->refusals[i].file == file)
			return &pass->run->refusals[i];
	}
	return NULL;
}

/* What the program's _is_wanted gives: is the next file to be run? */
static jv is_wanted(struct jq_state *jq, void *context)
{
	struct pass *pass = context;
	size_t file = pass->next++;
	const struct refusal *refusal = find_refusal(pass, file);

	(void)jq;
	if (pass->run->wanted && !pass->run->wanted[file])
		return jv_false();
	if (refusal) {
		refuse(pass, refusal);
		return jv_false();
	}
	pass->run->enters(pass->run->context, file);
	return jv_true();
}

static int stop_over(struct pass *pass, enum refusal_why why, uint64_t amount,
		     struct error *err)
{
	pass->is_over = true;
	pass->over = (struct refusal){ (uint32_t)pass->next - 1, why, amount };
	return error_set(err, ERROR_DATA, "too much");
}

static int take_output(void *context, jv output, struct error *err)
{
	struct pass *pass = context;
	struct delivery *delivery;

	if (pass->deliveries->count >= DELIVERIES_MAX)
		return stop_over(pass, REFUSED_COUNT, DELIVERIES_MAX, err);
	delivery = add_delivery(pass, pass->next - 1);
	if (jv_get_kind(output) == JV_KIND_ARRAY) {
		auto_jv jv out = jv_array_get(jv_copy(output), 0);

		routes_output_read(delivery, out, pass->id);
	} else {
		auto_jv jv error = json_get(output, "error");

		routes_output_fail(delivery, error);
	}
	pass->bytes += delivery->send ? strlen(delivery->send) : 0;
	if (pass->bytes > BYTES_MAX)
		return stop_over(pass, REFUSED_SIZE, BYTES_MAX, err);
	return 0;
}

static int run_once(struct pass *pass, jv event, struct error *err)
{
	struct filter *filter = &pass->run->routes->filter;

	filter_set_input(filter, is_wanted, pass);
	return filter_run(filter, event, take_output, pass, err);
}

/* Once more without the file that makes too much, as often as there is another. */
static int run_within(struct deliveries *deliveries, const struct routes_run *run,
		      jv event, const char *id, struct error *err)
{
	auto_buf struct buf refusals = BUF_EMPTY;
	struct routes_run bounded = *run;
	int failed;

	if (run->refusal_count)
		buf_add(&refusals, run->refusals,
			run->refusal_count * sizeof(struct refusal));
	for (;;) {
		struct pass pass = { .run = &bounded, .deliveries = deliveries };

		memcpy(pass.id, id, UUID_LEN);
		bounded.refusals = (const struct refusal *)(void *)refusals.data;
		failed = run_once(&pass, event, err);
		if (!pass.is_over)
			return failed;
		deliveries_cut(deliveries, 0);
		buf_add(&refusals, &pass.over, sizeof(pass.over));
		bounded.refusal_count++;
	}
}

/* It was tried before, and was too much. */
static int check_event(const struct routes_run *run, struct error *err)
{
	size_t i;

	for (i = 0; i < run->refusal_count; i++) {
		auto_buf struct buf text = BUF_EMPTY;

		if (run->refusals[i].file != REFUSED_EVENT)
			continue;
		refusal_write(&text, &run->refusals[i]);
		return error_set(err, ERROR_DATA, "reading the event %s", buf_str(&text));
	}
	return 0;
}

int routes_run(struct deliveries *deliveries, const struct routes_run *run,
	       struct str_view line, struct error *err)
{
	auto_jv jv event = jv_invalid();
	auto_free char *id = NULL;

	if (check_event(run, err) < 0)
		return -1;
	if (routes_parse(&event, line, err) < 0 ||
	    json_get_string(&id, event, "id", err) < 0)
		return -1;
	if (!id || !uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "the event has no id");
	return run_within(deliveries, run, event, id, err);
}
