#include "lib/json_scan.h"

#include "lib/buf.h"
#include "tests/lib/check.h"

static bool scan_in_steps(const char *text, size_t len, size_t step)
{
	auto_buf struct buf copy = BUF_EMPTY;
	struct json_scan scan;
	size_t i;

	buf_add(&copy, text, len);
	json_scan_start(&scan);
	for (i = 0; i < len; i += step) {
		if (!json_scan_feed(&scan, copy.data + i,
				    len - i < step ? len - i : step))
			return false;
	}
	return json_scan_finish(&scan);
}

/* The verdict may not depend on how the bytes arrive. */
static bool is_json(const char *text)
{
	size_t len = strlen(text);
	bool whole = scan_in_steps(text, len, len ? len : 1);

	CHECK(scan_in_steps(text, len, 1) == whole);
	CHECK(scan_in_steps(text, len, 3) == whole);
	return whole;
}

static void takes_what_the_grammar_allows(void)
{
	static const char *const good[] = {
		"{}",
		"[]",
		"0",
		"-0",
		"12",
		"1.5",
		"1e5",
		"1E+5",
		"-1.25e-10",
		"true",
		"false",
		"null",
		"\"\"",
		"\"\\u0041\\n\\/\"",
		" [ 1 , 2 ] ",
		"{\"a\":{\"a\":[{}]}}",
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
		"\"\\ud83d\\ude00\"",
		"\"\\ud800\"",
		"\t\r\n[\n1\n,\n2]\n",
		"12345678901234567890",
		"\"\x7f\"",
		"[[],{},[{}]]",
		"{\"a\":1,\"a\":2}",
		"[1e400]",
	};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!is_json(good[i]))
			CHECK_STR(good[i], "taken");
	}
}

static const char *const bad[] = {
	"",
	" ",
	"{",
	"[",
	"]",
	"}",
	"[1",
	"[1,]",
	"[,1]",
	"{,}",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{a:1}",
	"{\"a\" 1}",
	"{1:2}",
	"01",
	"-",
	"1.",
	".5",
	"1e",
	"1e+",
	"+1",
	"0x1",
	"NaN",
	"Infinity",
	"tru",
	"truee",
	"nul",
	"True",
	"\"",
	"\"a",
	"\"\\\"",
	"\"\\x\"",
	"\"\\u12\"",
	"\"\\u12G4\"",
	"\"\n\"",
	"\"\t\"",
	"\"\x01\"",
	"'a'",
	"1 2",
	"[1] x",
	"{} {}",
	"[1}",
	"{\"a\":1]",
	"\xef\xbb\xbf{}",
	"\"\xff\"",
	"\"\xc0\xaf\"",
	"\"\xe0\x80\x80\"",
	"\"\xed\xa0\x80\"",
	"\"\xf5\x80\x80\x80\"",
	"\"\xf4\x90\x80\x80\"",
	"\"\xc3\"",
	"\"\xe2\x82\"",
	"/* c */ 1",
	"[1,2",
	"--1",
	"1-1",
	"-01",
	"\v1",
};

static void refuses_everything_else(void)
{
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (is_json(bad[i]))
			CHECK_STR(bad[i], "refused");
	}
	CHECK(!scan_in_steps("\"\0\"", 3, 3));
	CHECK(!scan_in_steps("1\0", 2, 2));
}

static void depth_has_its_limit(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	int i;

	for (i = 0; i < JSON_SCAN_DEPTH; i++)
		buf_add_str(&text, i % 2 ? "[" : "{\"a\":");
	buf_add_str(&text, "1");
	for (i = JSON_SCAN_DEPTH; i-- > 0;)
		buf_add_str(&text, i % 2 ? "]" : "}");
	CHECK(is_json(text.data));
	buf_clear(&text);
	for (i = 0; i <= JSON_SCAN_DEPTH; i++)
		buf_add_str(&text, "[");
	for (i = 0; i <= JSON_SCAN_DEPTH; i++)
		buf_add_str(&text, "]");
	CHECK(!is_json(text.data));
}

static void line_breaks_between_tokens_become_spaces(void)
{
	char text[] = "\n{\r\n\"a\\n\":\n[1\n,2\r]\n,\"b\":true\n}\n";
	struct json_scan scan;

	json_scan_start(&scan);
	CHECK(json_scan_feed(&scan, text, strlen(text)) && json_scan_finish(&scan));
	CHECK_STR(text, " {  \"a\\n\": [1 ,2 ] ,\"b\":true } ");
}

static void failure_says_where(void)
{
	char text[] = "[1, 2, x]";
	struct json_scan scan;

	json_scan_start(&scan);
	CHECK(!json_scan_feed(&scan, text, strlen(text)));
	CHECK(scan.offset == 7);
	CHECK_STR(scan.problem, "a value is missing");
	CHECK(!json_scan_feed(&scan, text, 1) && !json_scan_finish(&scan));
}

static bool member_is(const char *text, const char *key, const char *want)
{
	struct str_view value = { NULL, 0 };
	struct str_view view = { text, strlen(text) };

	if (!json_scan_member(&value, view, key))
		return want == NULL;
	return want && str_view_equal(value, want);
}

static void members_are_cut_out_as_they_stand(void)
{
	const char *text = " {\"id\": \"x,}\\\"\" ,\"n\":12345678901234567890, \"o\" : { "
			   "\"n\":[1,{\"n\":2}] }"
			   " ,\"e\":\"\\\\\",\"last\":null }";

	CHECK(member_is(text, "id", "\"x,}\\\"\""));
	CHECK(member_is(text, "n", "12345678901234567890"));
	CHECK(member_is(text, "o", "{ \"n\":[1,{\"n\":2}] }"));
	CHECK(member_is(text, "e", "\"\\\\\""));
	CHECK(member_is(text, "last", "null"));
	CHECK(member_is(text, "none", NULL));
	CHECK(member_is("{\"a\":1,\"a\":2}", "a", "2"));
	CHECK(member_is("{}", "a", NULL) && member_is("[1]", "a", NULL) &&
	      member_is("", "a", NULL));
}

static void members_come_one_after_another(void)
{
	static const char text[] =
		" { \"a\" : {\"b\":[1,2]} ,\"\\\"\":\"},\",\"a\": 3 } ";
	static const char *const want[] = { "a", "{\"b\":[1,2]}", "\\\"", "\"},\"", "a",
					    "3" };
	struct str_view rest = { text, sizeof(text) - 1 };
	struct str_view name = { NULL, 0 };
	struct str_view value = { NULL, 0 };
	size_t i;

	for (i = 0; json_scan_next(&name, &value, &rest); i += 2) {
		CHECK(i < sizeof(want) / sizeof(want[0]));
		CHECK(str_view_equal(name, want[i]));
		CHECK(str_view_equal(value, want[i + 1]));
	}
	CHECK(i == sizeof(want) / sizeof(want[0]));
	rest = (struct str_view){ "{}", 2 };
	CHECK(!json_scan_next(&name, &value, &rest));
	rest = (struct str_view){ "[1]", 3 };
	CHECK(!json_scan_next(&name, &value, &rest));
}

static void elements_come_one_after_another(void)
{
	static const char text[] = "[ 1 , {\"a\":[2,\"]\"]} ,\"x,\", [] ]  ";
	static const char *const want[] = { "1", "{\"a\":[2,\"]\"]}", "\"x,\"", "[]" };
	static const char *const none[] = { "", "[]", "[ ]", "{}", "1", "{\"a\":[1]}" };
	struct str_view rest = { text, sizeof(text) - 1 };
	struct str_view value = { NULL, 0 };
	size_t i;

	for (i = 0; json_scan_element(&value, &rest); i++) {
		CHECK(i < sizeof(want) / sizeof(want[0]));
		CHECK(str_view_equal(value, want[i]));
	}
	CHECK(i == sizeof(want) / sizeof(want[0]));
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		rest = (struct str_view){ none[i], strlen(none[i]) };
		CHECK(!json_scan_element(&value, &rest));
	}
}

static const struct check_case cases[] = {
	{ "takes_what_the_grammar_allows", takes_what_the_grammar_allows },
	{ "refuses_everything_else", refuses_everything_else },
	{ "depth_has_its_limit", depth_has_its_limit },
	{ "line_breaks_between_tokens_become_spaces",
	  line_breaks_between_tokens_become_spaces },
	{ "failure_says_where", failure_says_where },
	{ "members_are_cut_out_as_they_stand", members_are_cut_out_as_they_stand },
	{ "members_come_one_after_another", members_come_one_after_another },
	{ "elements_come_one_after_another", elements_come_one_after_another },
};

CHECK_MAIN(cases)
