#include "lib/pipeline_share.h"

#include "lib/error.h"
#include "lib/uuid.h"
#include "tests/lib/check.h"

static void shares_are_hundredths_of_a_percent(void)
{
	static const char *const bad[] = {
		"",    "10",  "0%",	"0.00%", "100%", "1.%",
		".5%", "-1%", "1.234%", "5%%",	 "1e1%", "10 %"
	};
	static const struct {
		const char *text;
		uint32_t share;
	} good[] = {
		{ "10%", 1000 }, { "0.5%", 50 }, { "0.01%", 1 }, { "99.99%", 9999 }
	};
	char again[PIPELINE_SHARE_LEN];
	struct error err = { 0 };
	uint32_t share = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(pipeline_share_parse(&share, bad[i], &err) == -1 &&
		      err.kind == ERROR_USAGE && share == 7);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(pipeline_share_parse(&share, good[i].text, &err) == 0);
		CHECK(share == good[i].share);
		pipeline_share_format(again, share);
		CHECK_STR(again, good[i].text);
	}
	pipeline_share_format(again, PIPELINE_SHARE_ALL);
	CHECK_STR(again, "100%");
}

/* A choice that was made stays the same in every version of ours. */
static void the_place_of_an_id_is_known(void)
{
	CHECK(pipeline_share_place("01a00000-0000-7000-8000-000000000001") == 8452);
	CHECK(pipeline_share_place("01a00000-0000-7000-8000-000000000002") == 5922);
	CHECK(pipeline_share_place("01a00000-0000-7000-8000-000000000003") == 7067);
}

enum { IDS = 200000, PLACES = 10000, TENTHS = 100 };

/* How far the share of a canary is from what was asked for, in millionths. */
static unsigned deviation(const unsigned *counts, unsigned share)
{
	uint64_t taken = 0;
	uint64_t want = (uint64_t)share * IDS / PLACES;
	unsigned i;

	for (i = 0; i < share; i++)
		taken += counts[i];
	return (unsigned)((taken > want ? taken - want : want - taken) * 1000000 / IDS);
}

/* Ids as we make them, which are alike but for a counter or a few random bits. */
static void every_share_is_met(void)
{
	static const unsigned shares[] = { 1, 50, 1000, 2500, 5000, 9000, 9999 };
	static unsigned made[PLACES];
	static unsigned derived[PLACES];
	struct uuid_source source = { 0 };
	char id[UUID_LEN];
	uint32_t n;
	size_t i;

	for (n = 0; n < IDS; n++) {
		uuid_next(id, &source, 1790000000000 + n / TENTHS);
		made[pipeline_share_place(id)]++;
		uuid_derive(id, "01a00000-0000-7000-8000-000000000000", n);
		derived[pipeline_share_place(id)]++;
	}
	/* Five times what chance would do at the worst of them. */
	for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
		CHECK(deviation(made, shares[i]) < 5600 &&
		      deviation(derived, shares[i]) < 5600);
}

static const struct check_case cases[] = {
	{ "shares_are_hundredths_of_a_percent", shares_are_hundredths_of_a_percent },
	{ "the_place_of_an_id_is_known", the_place_of_an_id_is_known },
	{ "every_share_is_met", every_share_is_met },
};

CHECK_MAIN(cases)
