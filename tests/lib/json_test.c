#include "lib/json.h"

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "tests/lib/check.h"

static jv parsed(const char *text)
{
	struct error err = { 0 };
	jv value = jv_invalid();

	CHECK(json_parse(&value, text, strlen(text), &err) == 0);
	return value;
}

static void parse_says_what_is_wrong(void)
{
	auto_jv jv value = jv_invalid();
	struct error err = { 0 };

	CHECK(json_parse(&value, "{\"a\":", 5, &err) == -1 && err.kind == ERROR_DATA);
	CHECK(strncmp(err.message, "JSON: ", 6) == 0);
	CHECK(json_parse(&value, "", 0, &err) == -1);
	CHECK(json_parse(&value, "1 2", 3, &err) == -1);
	CHECK(!jv_is_valid(value));
}

static void dump_is_compact(void)
{
	auto_jv jv value = parsed(" { \"a\" : [ 1 , null ] } ");
	auto_buf struct buf out = BUF_EMPTY;

	json_dump(&out, value);
	CHECK_STR(buf_str(&out), "{\"a\":[1,null]}");
}

static void members_have_types(void)
{
	auto_jv jv o =
		parsed("{\"s\":\"x\",\"n\":7,\"t\":true,\"z\":null,\"f\":1.5,\"m\":-1,"
		       "\"nul\":\"a\\u0000b\"}");
	struct error err = { 0 };
	char *text = NULL;
	uint64_t n = 99;
	bool b = false;

	CHECK(json_get_string(&text, o, "s", &err) == 0);
	CHECK_STR(text, "x");
	free(text);
	text = NULL;
	CHECK(json_get_string(&text, o, "none", &err) == 0 && text == NULL);
	CHECK(json_get_string(&text, o, "z", &err) == 0 && text == NULL);
	CHECK(json_get_string(&text, o, "n", &err) == -1 && text == NULL);
	CHECK_STR(err.message, "'n' is no string");
	CHECK(json_get_string(&text, o, "nul", &err) == -1);
	CHECK(json_get_u64(&n, o, "none", &err) == 0 && n == 99);
	CHECK(json_get_u64(&n, o, "n", &err) == 0 && n == 7);
	CHECK(json_get_u64(&n, o, "f", &err) == -1 &&
	      json_get_u64(&n, o, "m", &err) == -1);
	CHECK(json_get_bool(&b, o, "t", &err) == 0 && b);
	CHECK(json_get_bool(&b, o, "n", &err) == -1 && b);
}

static void what_is_no_object_has_no_members(void)
{
	auto_jv jv list = parsed("[1]");
	struct error err = { 0 };
	char *text = NULL;

	CHECK(json_get_string(&text, list, "s", &err) == 0 && text == NULL);
}

static void print_is_a_line(void)
{
	auto_jv jv value = parsed("{\"a\":1}");
	struct error err = { 0 };
	char line[32] = "";
	FILE *stream = fmemopen(line, sizeof(line), "w");
	FILE *full = fopen("/dev/full", "we");

	CHECK(json_print(stream, value, &err) == 0);
	CHECK_STR(line, "{\"a\":1}\n");
	CHECK(json_print(full, value, &err) == -1 && err.kind == ERROR_SYSTEM);
	fclose(stream);
	fclose(full);
}

static void elements_and_keys(void)
{
	auto_jv jv value = jv_invalid();
	auto_jv jv keys = jv_invalid();
	auto_jv jv list = jv_invalid();
	auto_free char *text = NULL;
	auto_free char *key = NULL;
	char *untouched = NULL;
	struct error err = { 0 };
	static const char line[] = "{\"b\":[\"x\",1],\"a\":2}";

	CHECK(json_parse(&value, line, strlen(line), &err) == 0);
	keys = json_keys(value);
	CHECK(json_length(value) == 2 && json_length(keys) == 2);
	CHECK(json_element(&key, keys, 0, "key", &err) == 0);
	CHECK_STR(key, "a");
	list = json_get(value, "b");
	CHECK(json_length(list) == 2);
	CHECK(json_element(&text, list, 0, "b", &err) == 0);
	CHECK_STR(text, "x");
	CHECK(json_element(&untouched, list, 1, "b", &err) == -1 && !untouched);
	CHECK_STR(err.message, "'b' is no string");
	CHECK(json_element(&untouched, list, 2, "b", &err) == -1);
}

static const struct check_case cases[] = {
	{ "elements_and_keys", elements_and_keys },
	{ "parse_says_what_is_wrong", parse_says_what_is_wrong },
	{ "dump_is_compact", dump_is_compact },
	{ "members_have_types", members_have_types },
	{ "what_is_no_object_has_no_members", what_is_no_object_has_no_members },
	{ "print_is_a_line", print_is_a_line },
};

CHECK_MAIN(cases)
