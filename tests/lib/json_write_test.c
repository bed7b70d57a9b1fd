#include "lib/json_write.h"

#include "lib/buf.h"
#include "tests/lib/check.h"

static void owns_commas_and_quotes(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer w = JSON_WRITER(&out);

	json_write_object(&w, NULL);
	json_write_string(&w, "a", "x\"\\\n\x01");
	json_write_array(&w, "b");
	json_write_u64(&w, NULL, UINT64_MAX);
	json_write_i64(&w, NULL, -5);
	json_write_object(&w, NULL);
	json_write_object_end(&w);
	json_write_array_end(&w);
	json_write_bool(&w, "c\"", true);
	json_write_string(&w, "d", NULL);
	json_write_raw(&w, "e", "[ 1 ]", 5);
	json_write_object_end(&w);
	CHECK_STR(buf_str(&out),
		  "{\"a\":\"x\\\"\\\\\\n\\u0001\",\"b\":[18446744073709551615,-5,{}],"
		  "\"c\\\"\":true,\"d\":null,\"e\":[ 1 ]}");
}

static void what_is_no_utf8_becomes_the_replacement(void)
{
	static const struct {
		const char *in;
		const char *want;
	} t[] = {
		{ "h\xc3\xa9", "\"h\xc3\xa9\"" },
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
		{ "\xff", "\"\\ufffd\"" },
		{ "\xc3", "\"\\ufffd\"" },
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		auto_buf struct buf out = BUF_EMPTY;
		struct json_writer w = JSON_WRITER(&out);

		json_write_string(&w, NULL, t[i].in);
		CHECK_STR(buf_str(&out), t[i].want);
	}
}

static void a_nul_is_written(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer w = JSON_WRITER(&out);

	json_write_bytes(&w, NULL, "a\0b", 3);
	CHECK_STR(buf_str(&out), "\"a\\u0000b\"");
}

static void what_is_cut_ends_with_a_whole_sequence(void)
{
	static const struct {
		const char *in;
		const char *want;
	} t[] = {
		{ "", "null" },
		{ "abc", "\"abc\"" },
		{ "h\xc3\xa9", "\"h\xc3\xa9\"" },
		{ "h\xc3", "\"h\"" },
		{ "\xc3", "null" },
		{ "a\xf0\x9f\x98\x80", "\"a\xf0\x9f\x98\x80\"" },
		{ "a\xf0\x9f\x98", "\"a\"" },
		{ "a\xf0\x9f", "\"a\"" },
		{ "a\xe2\x82", "\"a\"" },
		{ "\x80\x80\x80\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		auto_buf struct buf out = BUF_EMPTY;
		struct json_writer w = JSON_WRITER(&out);

		json_write_cut(&w, NULL, t[i].in);
		CHECK_STR(buf_str(&out), t[i].want);
	}
}

static const struct check_case cases[] = {
	{ "owns_commas_and_quotes", owns_commas_and_quotes },
	{ "what_is_no_utf8_becomes_the_replacement",
	  what_is_no_utf8_becomes_the_replacement },
	{ "a_nul_is_written", a_nul_is_written },
	{ "what_is_cut_ends_with_a_whole_sequence",
	  what_is_cut_ends_with_a_whole_sequence },
};

CHECK_MAIN(cases)
