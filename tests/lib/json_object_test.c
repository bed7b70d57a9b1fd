#include "lib/json_object.h"

#include "lib/buf.h"
#include "tests/lib/check.h"

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void check_sound(const char *text, const char *why)
{
	const char *problem = NULL;

	CHECK(json_object_is_sound(view(text), &problem) == !why);
	CHECK(why ? problem && strstr(problem, why) : !problem);
}

static void a_sound_object_has_each_name_once(void)
{
	check_sound("{}", NULL);
	check_sound(" {\"a\":1, \"b\":{\"a\":1,\"a\":2}} ", NULL);
	check_sound("{\"a\":1,\"a\":1}", "a name twice");
	check_sound("{\"a\":1,\"b\":1,\"\\u0061\":1}", "a name twice");
	check_sound("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}", "a name twice");
	check_sound("{\"\":1,\"\":1}", "a name twice");
	check_sound("{\"\\u0000\":1,\"\":1}", NULL);
	check_sound("{\"\\ud83d\":1}", "half a surrogate pair");
	check_sound("{\"\\ude00\\ud83d\":1}", "half a surrogate pair");
	check_sound("{\"\\ud83dx\":1}", "half a surrogate pair");
	check_sound("{\"\\ud83d\\u0061\":1}", "half a surrogate pair");
	check_sound("[]", "no JSON object");
	check_sound("{", "no JSON");
	check_sound("", "no JSON");
	check_sound(" ", "no JSON");
}

static void members_are_bounded(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *problem = NULL;

	buf_add_str(&text, "{\"x\":1");
	for (size_t i = 1; i < JSON_OBJECT_MEMBERS; i++)
		buf_add_format(&text, ",\"%zu\":1", i);
	buf_add_char(&text, '}');
	CHECK(json_object_is_sound(view(buf_str(&text)), &problem));
	buf_cut(&text, text.len - 1);
	buf_add_str(&text, ",\"y\":1}");
	CHECK(!json_object_is_sound(view(buf_str(&text)), &problem));
	CHECK_STR(problem, "has too many members");
}

static void members_are_found_by_what_they_say(void)
{
	struct str_view value = { NULL, 0 };
	struct str_view object =
		view("{\"x\":{\"b\":1},\"\\u0061\\n\": [2] ,\"b\":\"3\"}");

	CHECK(json_object_find(&value, object, "a\n") && str_view_equal(value, "[2]"));
	CHECK(json_object_find(&value, object, "b") && str_view_equal(value, "\"3\""));
	CHECK(!json_object_find(&value, object, "a"));
	CHECK(!json_object_find(&value, view("{}"), "a"));
}

static void check_text_of(const char *raw, const char *want)
{
	auto_buf struct buf text = BUF_EMPTY;

	buf_add_char(&text, '>');
	CHECK(json_object_text(&text, view(raw)) == !!want);
	CHECK_STR(buf_str(&text), want ? want : ">");
}

static void texts_are_decoded(void)
{
	auto_buf struct buf text = BUF_EMPTY;

	check_text_of("\"\"", ">");
	check_text_of("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", ">a\"\\/\b\f\n\r\t");
	check_text_of("\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00u\"",
		      ">A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80u");
	check_text_of("\"abc\\ud800\"", NULL);
	check_text_of("\"abc\\udc00\"", NULL);
	check_text_of("5", NULL);
	check_text_of("null", NULL);
	check_text_of("[\"a\"]", NULL);
	CHECK(json_object_text(&text, view("\"a\\u0000b\"")) && text.len == 3);
}

static const struct check_case cases[] = {
	{ "a_sound_object_has_each_name_once", a_sound_object_has_each_name_once },
	{ "members_are_bounded", members_are_bounded },
	{ "members_are_found_by_what_they_say", members_are_found_by_what_they_say },
	{ "texts_are_decoded", texts_are_decoded },
};

CHECK_MAIN(cases)
