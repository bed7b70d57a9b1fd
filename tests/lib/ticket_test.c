#include "lib/ticket.h"

#include <ctype.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "tests/lib/check.h"

static void write_text(struct buf *out, const struct ticket *ticket)
{
	buf_clear(out);
	ticket_write(out, "htk", ticket);
}

static bool reads(struct ticket *ticket, const char *text, size_t len)
{
	struct error err = { 0 };

	if (ticket_read(ticket, "htk", (struct str_view){ text, len }, &err) == 0)
		return true;
	CHECK(err.kind == ERROR_DENIED && err.message[0]);
	return false;
}

static void what_is_written_is_read(void)
{
	for (int i = 0; i < 1000; i++) {
		auto_buf struct buf text = BUF_EMPTY;
		struct ticket made = TICKET_EMPTY;
		struct ticket read = TICKET_EMPTY;

		ticket_make(&made, 1795218310 + i);
		write_text(&text, &made);
		CHECK(text.len == TICKET_LEN && ticket_is_id(made.id));
		CHECK(reads(&read, text.data, text.len));
		CHECK_STR(read.id, made.id);
		CHECK_STR(read.secret, made.secret);
	}
}

/* Python: zlib.crc32(b"htk_0tov0v1hau4y_" + b"0" * 36), in base 62. */
static void the_checksum_is_the_crc_of_gzip(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct ticket fixed = { "0tov0v1hau4y", "000000000000000000000000000000000000" };

	write_text(&text, &fixed);
	CHECK_STR(text.data + TICKET_LEN - TICKET_CHECK_LEN, "07JmQV");
}

static void every_changed_character_is_noticed(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct ticket made = TICKET_EMPTY;
	struct ticket read = TICKET_EMPTY;

	ticket_make(&made, 1795218310);
	write_text(&text, &made);
	for (size_t i = 0; i < text.len; i++) {
		char was = text.data[i];

		for (int c = 0; c < 256; c++) {
			text.data[i] = (char)c;
			CHECK(reads(&read, text.data, text.len) == ((char)c == was));
		}
		text.data[i] = was;
	}
	for (size_t i = 0; i < text.len; i++)
		CHECK(!reads(&read, text.data, i));
	CHECK_STR(read.id, made.id);
}

static void another_kind_is_none(void)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct ticket made = TICKET_EMPTY;
	struct error err = { 0 };

	ticket_make(&made, 1795218310);
	ticket_write(&text, "htr", &made);
	CHECK(!reads(&made, text.data, text.len));
	CHECK(ticket_read(&made, "htr", (struct str_view){ text.data, text.len }, &err) ==
	      0);
}

static void ids_sort_by_time(void)
{
	struct ticket first = TICKET_EMPTY;
	struct ticket second = TICKET_EMPTY;

	ticket_make(&first, 1795218310);
	ticket_make(&second, 1795218311);
	CHECK(strcmp(first.id, second.id) < 0);
	ticket_make(&first, 1795218311);
	CHECK(strcmp(first.id, second.id) != 0 &&
	      strcmp(first.secret, second.secret) != 0);
	ticket_make(&first, -5);
	CHECK(ticket_is_id(first.id) && memcmp(first.id, "0000000", 7) == 0);
}

static void ids_are_exact(void)
{
	CHECK(ticket_is_id("0tov0v1hau4y"));
	CHECK(!ticket_is_id("0tov0v1hau4Y") && !ticket_is_id("0tov0v1hau4") &&
	      !ticket_is_id("0tov0v1hau4yy") && !ticket_is_id("../../etc/pa") &&
	      !ticket_is_id(""));
}

static void every_character_is_used(void)
{
	bool seen[256] = { false };
	size_t count = 0;

	for (int i = 0; i < 200; i++) {
		struct ticket made = TICKET_EMPTY;

		ticket_make(&made, 0);
		for (size_t k = 0; k < TICKET_SECRET_LEN; k++)
			seen[(unsigned char)made.secret[k]] = true;
	}
	for (int c = 0; c < 256; c++) {
		CHECK(!seen[c] || isalnum(c));
		count += seen[c];
	}
	CHECK(count == 62);
}

static const struct check_case cases[] = {
	{ "what_is_written_is_read", what_is_written_is_read },
	{ "the_checksum_is_the_crc_of_gzip", the_checksum_is_the_crc_of_gzip },
	{ "every_changed_character_is_noticed", every_changed_character_is_noticed },
	{ "another_kind_is_none", another_kind_is_none },
	{ "ids_sort_by_time", ids_sort_by_time },
	{ "ids_are_exact", ids_are_exact },
	{ "every_character_is_used", every_character_is_used },
};

CHECK_MAIN(cases)
