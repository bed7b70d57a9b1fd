#include "bin/hookroute/past.h"

#include <string.h>

#include "bin/hookroute/options.h"
#include "bin/hookroute/pick.h"
#include "lib/date.h"
#include "lib/error.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static bool is_named(const struct options *options, const struct walk_event *event)
{
	size_t i;

	for (i = 0; i < options->operand_count; i++) {
		if (str_equal(options->operands[i], event->id))
			return true;
	}
	return options->operand_count == 0 && !walk_member(event, "replayed_from").len;
}

static int each_event(enum walk_answer *answer, void *context,
		      const struct walk_event *event, struct error *err)
{
	struct past *past = context;

	if (!is_named(past->options, event) || !pick_event(past->options, event) ||
	    !seen_add(&past->seen, event->id))
		return 0;
	if (++past->count >= past->options->limit)
		*answer = WALK_ENOUGH;
	return past->each(past->context, event, err);
}

/* No event is done with before it came. */
static int64_t earliest_ms(const struct options *options)
{
	int64_t earliest = options->since_ms;
	size_t i;

	for (i = 0; i < options->operand_count; i++) {
		int64_t made_ms = uuid_time_ms(options->operands[i]);

		if (made_ms > date_now_ms())
			made_ms = 0;
		if (i == 0 || made_ms < earliest)
			earliest = made_ms;
	}
	return earliest;
}

int past_walk(struct past *past, struct error *err)
{
	int64_t from_ms = earliest_ms(past->options);
	struct walk walk = { .spool = past->spool, .each = each_event, .context = past };
	char day[DATE_LEN];

	if (from_ms > DAY_MS) {
		date_format(day, from_ms - DAY_MS);
		day[strlen("2026-11-20")] = '\0';
		walk.from_day = day;
	}
	if (walk_state(&walk, SPOOL_DONE, err) < 0)
		return -1;
	return walk.answer == WALK_ENOUGH ? 0 : walk_state(&walk, SPOOL_DEAD, err);
}
