#include "lib/json_plain.h"

#include "tests/lib/check.h"

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void strings_without_escapes(void)
{
	struct str_view text = { NULL, 0 };

	CHECK(json_plain_string(&text, view("{\"a\":\"x.y_z\"}"), "a"));
	CHECK(str_view_equal(text, "x.y_z"));
	CHECK(json_plain_string(&text, view("{\"a\":\"\"}"), "a") && text.len == 0);
	CHECK(!json_plain_string(&text, view("{\"a\":\"x\\n\"}"), "a"));
	CHECK(!json_plain_string(&text, view("{\"a\":\"x\177\"}"), "a"));
	CHECK(!json_plain_string(&text, view("{\"a\":5}"), "a"));
	CHECK(!json_plain_string(&text, view("{\"a\":null}"), "a"));
	CHECK(!json_plain_string(&text, view("{\"b\":\"x\"}"), "a"));
	CHECK(!json_plain_string(&text, view("[\"a\"]"), "a"));
}

static void whole_numbers(void)
{
	uint64_t number = 7;

	CHECK(json_plain_u64(&number, view("{\"a\": 9007199254740992 }"), "a"));
	CHECK(number == 9007199254740992);
	CHECK(!json_plain_u64(&number, view("{\"a\":9007199254740993}"), "a"));
	CHECK(!json_plain_u64(&number, view("{\"a\":-1}"), "a"));
	CHECK(!json_plain_u64(&number, view("{\"a\":1.0}"), "a"));
	CHECK(!json_plain_u64(&number, view("{\"a\":1e3}"), "a"));
	CHECK(!json_plain_u64(&number, view("{\"a\":\"1\"}"), "a"));
	CHECK(!json_plain_u64(&number, view("{\"a\":99999999999999999999}"), "a"));
}

static void objects_in_objects(void)
{
	struct str_view member = { NULL, 0 };
	uint64_t number = 0;

	CHECK(json_plain_object(&member, view("{\"a\":{\"b\":3}}"), "a"));
	CHECK(json_plain_u64(&number, member, "b") && number == 3);
	CHECK(!json_plain_object(&member, view("{\"a\":[1]}"), "a"));
	CHECK(!json_plain_object(&member, view("{\"b\":{}}"), "a"));
}

static void validity(void)
{
	CHECK(json_plain_is_valid(view("{\"a\":\n1}\n")));
	CHECK(!json_plain_is_valid(view("{} {}")));
	CHECK(!json_plain_is_valid(view("")));
}

static const struct check_case cases[] = {
	{ "strings_without_escapes", strings_without_escapes },
	{ "whole_numbers", whole_numbers },
	{ "objects_in_objects", objects_in_objects },
	{ "validity", validity },
};

CHECK_MAIN(cases)
