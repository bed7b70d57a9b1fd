#include "lib/pipeline_state.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/pipeline_name.h"
#include "lib/pipeline_share.h"
#include "tests/lib/check.h"

/* Its place is 7067. */
static const char run[] = "01a00000-0000-7000-8000-000000000003";

static bool change(struct pipeline_state *state, enum pipeline_type type,
		   uint64_t version, uint32_t share)
{
	struct pipeline_deployment wanted = { .type = type,
					      .version = version,
					      .share = share,
					      .at_ms = 1790000000000,
					      .by = "me" };
	uint64_t number = state->last.number;
	struct error err = { 0 };
	bool changed = false;

	if (pipeline_state_change(state, &changed, &wanted, &err) < 0) {
		CHECK(err.kind == ERROR_ABSENT && *err.message);
		return false;
	}
	CHECK(state->last.number == number + changed);
	return changed;
}

/* "3:canary:7" of the run. */
static void chosen(const struct pipeline_state *state, uint64_t asked, const char *want)
{
	struct pipeline_choice choice = { 0 };
	struct pipeline_choice again = { 0 };
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(pipeline_state_choose(&choice, state, asked, run, &err) == 0);
	pipeline_choice_add(&text, &choice);
	CHECK_STR(buf_str(&text), want);
	CHECK(pipeline_choice_parse(&again, want) && again.version == choice.version &&
	      again.why == choice.why && again.deployment == choice.deployment);
}

static void deployments_change_what_runs(void)
{
	struct pipeline_state state = { 0 };
	struct pipeline_choice choice = { 0 };
	struct error err = { 0 };

	CHECK(pipeline_state_choose(&choice, &state, 0, run, &err) == -1 &&
	      err.kind == ERROR_ABSENT);
	CHECK(!change(&state, PIPELINE_CANARY, 1, 1000));
	CHECK(!change(&state, PIPELINE_PROMOTE, 0, 0));
	CHECK(!change(&state, PIPELINE_ROLLBACK, 0, 0));
	CHECK(change(&state, PIPELINE_ALL, 1, 0) && !change(&state, PIPELINE_ALL, 1, 0));
	chosen(&state, 0, "1:current:1");
	CHECK(change(&state, PIPELINE_CANARY, 2, 7067));
	CHECK(!change(&state, PIPELINE_CANARY, 2, 7067));
	CHECK(!change(&state, PIPELINE_CANARY, 1, 10));
	chosen(&state, 0, "1:current:1");
	CHECK(change(&state, PIPELINE_CANARY, 2, 7068));
	chosen(&state, 0, "2:canary:3");
	chosen(&state, 1, "1:asked:1");
	chosen(&state, 2, "2:asked:3");
	chosen(&state, 9, "9:asked:0");
	CHECK(change(&state, PIPELINE_PROMOTE, 0, 0));
	CHECK(!change(&state, PIPELINE_PROMOTE, 0, 0));
	chosen(&state, 0, "2:current:4");
	CHECK(state.last.version == 2 && state.last.share == PIPELINE_SHARE_ALL);
}

static void going_back_goes_on(void)
{
	struct pipeline_state state = { 0 };

	CHECK(change(&state, PIPELINE_ALL, 1, 0) && change(&state, PIPELINE_ALL, 2, 0) &&
	      change(&state, PIPELINE_ALL, 3, 0));
	CHECK(change(&state, PIPELINE_CANARY, 4, 9999));
	/* The canary goes first; to deploy what is there ends it, too. */
	CHECK(change(&state, PIPELINE_ROLLBACK, 0, 0) && !state.canary);
	chosen(&state, 0, "3:current:5");
	CHECK(change(&state, PIPELINE_CANARY, 4, 9999));
	CHECK(change(&state, PIPELINE_ALL, 3, 0) && !state.canary);
	CHECK(change(&state, PIPELINE_ROLLBACK, 0, 0));
	chosen(&state, 0, "2:current:8");
	CHECK(change(&state, PIPELINE_ROLLBACK, 0, 0));
	chosen(&state, 0, "1:current:9");
	CHECK(!change(&state, PIPELINE_ROLLBACK, 0, 0));
	CHECK(change(&state, PIPELINE_DISABLE, 0, 0) && state.is_disabled);
	CHECK(!change(&state, PIPELINE_DISABLE, 0, 0));
	CHECK(change(&state, PIPELINE_ENABLE, 0, 0) && !state.is_disabled);
}

static void it_is_written_and_read(void)
{
	struct pipeline_state state = { 0 };
	struct pipeline_state again = { 0 };
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf twice = BUF_EMPTY;
	struct error err = { 0 };
	uint64_t i;

	for (i = 1; i <= 2 * PIPELINE_BEFORE_MAX; i++)
		CHECK(change(&state, PIPELINE_ALL, i, 0));
	CHECK(change(&state, PIPELINE_CANARY, i, 50));
	CHECK(change(&state, PIPELINE_DISABLE, 0, 0));
	pipeline_state_dump(&text, &state);
	CHECK(pipeline_state_parse(&again, (struct str_view){ text.data, text.len },
				   &err) == 0);
	pipeline_state_dump(&twice, &again);
	CHECK_STR(buf_str(&twice), buf_str(&text));
	CHECK(again.before_count == PIPELINE_BEFORE_MAX &&
	      again.before[PIPELINE_BEFORE_MAX - 1] == i - 2);
	CHECK(pipeline_state_parse(&again, (struct str_view){ "{\"before\":[]}", 13 },
				   &err) == -1 &&
	      err.kind == ERROR_DATA);
}

static void names_are_identifiers(void)
{
	static const char *const bad[] = { "",	      "ab",	"a_b",
					   "site@",   "site@0", "site@x",
					   "site@-1", "a b c",	"../x" };
	struct pipeline_name name = { "", 0 };
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(pipeline_name_parse(&name, bad[i], &err) == -1 &&
		      err.kind == ERROR_USAGE);
	CHECK(pipeline_name_parse(&name, "my-Site9@12", &err) == 0 && name.version == 12);
	CHECK_STR(name.name, "my-Site9");
	CHECK(pipeline_name_parse(&name, "abc", &err) == 0 && name.version == 0);
}

static const struct check_case cases[] = {
	{ "deployments_change_what_runs", deployments_change_what_runs },
	{ "going_back_goes_on", going_back_goes_on },
	{ "it_is_written_and_read", it_is_written_and_read },
	{ "names_are_identifiers", names_are_identifiers },
};

CHECK_MAIN(cases)
