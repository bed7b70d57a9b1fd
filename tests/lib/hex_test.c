#include "lib/hex.h"

#include "tests/lib/check.h"

static void both_ways(void)
{
	uint8_t bytes[3] = { 0 };
	char text[7];

	CHECK(hex_decode(bytes, 3, "00fFa5", 6));
	hex_encode(text, bytes, 3);
	CHECK_STR(text, "00ffa5");
}

static void bad_digits_and_lengths_are_refused(void)
{
	uint8_t bytes[2];

	CHECK(!hex_decode(bytes, 2, "00f", 3));
	CHECK(!hex_decode(bytes, 2, "00ff0", 5));
	CHECK(!hex_decode(bytes, 2, "00fg", 4));
	CHECK(!hex_decode(bytes, 2, "", 0));
}

static const struct check_case cases[] = {
	{ "both_ways", both_ways },
	{ "bad_digits_and_lengths_are_refused", bad_digits_and_lengths_are_refused },
};

CHECK_MAIN(cases)
