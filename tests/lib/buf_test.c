#include "lib/buf.h"

#include "tests/lib/check.h"

static void empty_is_empty_text(void)
{
	struct buf buf = BUF_EMPTY;

	CHECK_STR(buf_str(&buf), "");
	buf_cut(&buf, 5);
	buf_clear(&buf);
	buf_free(&buf);
	buf_wipe(&buf);
}

static void grows_over_many_adds(void)
{
	auto_buf struct buf buf = BUF_EMPTY;
	int i;

	for (i = 0; i < 10000; i++)
		buf_add_format(&buf, "%04d", i);
	CHECK(buf.len == 40000);
	CHECK(memcmp(buf.data + 39996, "9999", 5) == 0);
}

static void room_is_there_for_the_nul(void)
{
	auto_buf struct buf buf = BUF_EMPTY;

	memset(buf_room(&buf, 64), 'x', 64);
	buf_grew(&buf, 64);
	CHECK(strlen(buf.data) == 64);
}

static void skips_and_cuts(void)
{
	auto_buf struct buf buf = BUF_EMPTY;

	buf_add_str(&buf, "one two three");
	buf_skip(&buf, 4);
	CHECK_STR(buf_str(&buf), "two three");
	buf_cut(&buf, 3);
	CHECK_STR(buf_str(&buf), "two");
	buf_cut(&buf, 99);
	CHECK_STR(buf_str(&buf), "two");
}

static void take_leaves_it_empty(void)
{
	auto_buf struct buf buf = BUF_EMPTY;
	char *text;

	text = buf_take(&buf);
	CHECK_STR(text, "");
	free(text);
	buf_add(&buf, "a\0b", 3);
	text = buf_take(&buf);
	CHECK(memcmp(text, "a\0b", 4) == 0 && buf.data == NULL && buf.len == 0);
	free(text);
}

static const struct check_case cases[] = {
	{ "empty_is_empty_text", empty_is_empty_text },
	{ "grows_over_many_adds", grows_over_many_adds },
	{ "room_is_there_for_the_nul", room_is_there_for_the_nul },
	{ "skips_and_cuts", skips_and_cuts },
	{ "take_leaves_it_empty", take_leaves_it_empty },
};

CHECK_MAIN(cases)
