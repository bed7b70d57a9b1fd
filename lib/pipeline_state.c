#include "lib/pipeline_state.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/pipeline_share.h"

static const char *const why_names[] = { "current", "canary", "asked" };

const char *pipeline_why_name(enum pipeline_why why)
{
	return why_names[why];
}

/* The oldest one is forgotten when there are too many. */
static void push(struct pipeline_state *state)
{
	if (state->version == 0)
		return;
	if (state->before_count == PIPELINE_BEFORE_MAX) {
		state->before_count--;
		memmove(state->before, state->before + 1,
			state->before_count * sizeof(*state->before));
	}
	state->before[state->before_count++] = state->version;
}

/* From now on it is for all. */
static void take(struct pipeline_state *state, uint64_t version)
{
	state->version = version;
	state->since = state->last.number + 1;
	state->canary = 0;
	state->canary_since = 0;
	state->share = 0;
}

static int deploy(struct pipeline_state *state, bool *changed,
		  struct pipeline_deployment *made, struct error *err)
{
	(void)err;
	*changed = made->version != state->version || state->canary;
	if (!*changed)
		return 0;
	if (made->version != state->version)
		push(state);
	take(state, made->version);
	made->share = PIPELINE_SHARE_ALL;
	return 0;
}

static int deploy_canary(struct pipeline_state *state, bool *changed,
			 struct pipeline_deployment *made, struct error *err)
{
	if (!state->version)
		return error_set(err, ERROR_ABSENT,
				 "no version is deployed that the other runs could be "
				 "of; deploy one to all first");
	*changed = made->version != state->version &&
		   (made->version != state->canary || made->share != state->share);
	if (!*changed)
		return 0;
	state->canary = made->version;
	state->canary_since = state->last.number + 1;
	state->share = made->share;
	return 0;
}

static int promote(struct pipeline_state *state, bool *changed,
		   struct pipeline_deployment *made, struct error *err)
{
	*changed = state->canary != 0;
	made->version = state->canary;
	return *changed ? deploy(state, changed, made, err) : 0;
}

static int roll_back(struct pipeline_state *state, bool *changed,
		     struct pipeline_deployment *made, struct error *err)
{
	if (!state->canary && !state->before_count)
		return error_set(err, ERROR_ABSENT,
				 "there is no canary to end, and no version before to "
				 "go back to");
	*changed = true;
	made->version =
		state->canary ? state->version : state->before[--state->before_count];
	made->share = PIPELINE_SHARE_ALL;
	take(state, made->version);
	return 0;
}

static int set_disabled(struct pipeline_state *state, bool *changed,
			struct pipeline_deployment *made, struct error *err)
{
	bool wanted = made->type == PIPELINE_DISABLE;

	(void)err;
	*changed = wanted != state->is_disabled;
	state->is_disabled = wanted;
	return 0;
}

/* clang-format off */
static const struct {
	const char *name;
	int (*change)(struct pipeline_state *state, bool *changed,
		      struct pipeline_deployment *made, struct error *err);
} types[] = {
	[PIPELINE_ALL] = { "all-at-once", deploy },
	[PIPELINE_CANARY] = { "canary", deploy_canary },
	[PIPELINE_PROMOTE] = { "promote", promote },
	[PIPELINE_ROLLBACK] = { "rollback", roll_back },
	[PIPELINE_ENABLE] = { "enable", set_disabled },
	[PIPELINE_DISABLE] = { "disable", set_disabled },
};
/* clang-format on */

const char *pipeline_type_name(enum pipeline_type type)
{
	return types[type].name;
}

int pipeline_state_change(struct pipeline_state *state, bool *changed,
			  const struct pipeline_deployment *wanted, struct error *err)
{
	struct pipeline_deployment made = *wanted;

	if (types[made.type].change(state, changed, &made, err) < 0)
		return -1;
	if (!*changed)
		return 0;
	made.number = state->last.number + 1;
	state->last = made;
	return 0;
}

int pipeline_state_choose(struct pipeline_choice *choice,
			  const struct pipeline_state *state, uint64_t asked,
			  const char *run_id, struct error *err)
{
	if (asked) {
		*choice = (struct pipeline_choice){ asked, PIPELINE_IS_ASKED, 0 };
		if (asked == state->version)
			choice->deployment = state->since;
		if (asked == state->canary)
			choice->deployment = state->canary_since;
		return 0;
	}
	if (!state->version)
		return error_set(err, ERROR_ABSENT,
				 "no version of it is deployed; see runjob "
				 "pipeline deploy");
	if (state->canary && pipeline_share_place(run_id) < state->share)
		*choice = (struct pipeline_choice){ state->canary, PIPELINE_IS_CANARY,
						    state->canary_since };
	else
		*choice = (struct pipeline_choice){ state->version, PIPELINE_IS_CURRENT,
						    state->since };
	return 0;
}

void pipeline_choice_add(struct buf *out, const struct pipeline_choice *choice)
{
	buf_add_format(out, "%llu:%s:%llu", (unsigned long long)choice->version,
		       pipeline_why_name(choice->why),
		       (unsigned long long)choice->deployment);
}

bool pipeline_choice_parse(struct pipeline_choice *choice, const char *text)
{
	struct pipeline_choice got = { str_leading_u64(text), PIPELINE_IS_CURRENT, 0 };
	const char *why = strchr(text, ':');
	const char *deployment = why ? strchr(why + 1, ':') : NULL;
	auto_buf struct buf again = BUF_EMPTY;

	if (!deployment)
		return false;
	got.deployment = str_leading_u64(deployment + 1);
	while (got.why < PIPELINE_IS_ASKED &&
	       !str_view_equal(
		       (struct str_view){ why + 1, (size_t)(deployment - why - 1) },
		       pipeline_why_name(got.why)))
		got.why++;
	/* Only what we would write ourselves is one. */
	pipeline_choice_add(&again, &got);
	if (!got.version || strcmp(buf_str(&again), text) != 0)
		return false;
	*choice = got;
	return true;
}
