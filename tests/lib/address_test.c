#include "lib/address.h"

#include "lib/error.h"
#include "tests/lib/check.h"

static struct address parsed(const char *text)
{
	struct address address = { { 0 } };

	CHECK(address_parse(&address, text));
	return address;
}

static void formats_what_it_parsed(void)
{
	static const char *const texts[] = { "192.0.2.1", "::1", "2001:db8::1", "0.0.0.0",
					     "::" };
	char text[ADDRESS_LEN];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct address address = parsed(texts[i]);

		address_format(text, &address);
		CHECK_STR(text, texts[i]);
	}
	address_format(text, &address_unix);
	CHECK_STR(text, "unix");
}

static void formats_an_owner_as_a_range(void)
{
	struct address address = parsed("2001:db8:1:2:3::4");
	char text[ADDRESS_LEN + 3];

	address = address_owner(&address);
	address_format_owner(text, &address);
	CHECK_STR(text, "2001:db8:1:2::/64");
	address = parsed("192.0.2.1");
	address_format_owner(text, &address);
	CHECK_STR(text, "192.0.2.1");
	address_format_owner(text, &address_unix);
	CHECK_STR(text, "unix");
}

static void takes_a_mapped_address_for_the_ipv4_one(void)
{
	struct address four = parsed("192.0.2.1");
	struct address six = parsed("::ffff:192.0.2.1");

	CHECK(address_equal(&four, &six));
}

static void refuses_what_is_no_address(void)
{
	static const char *const texts[] = {
		"",
		" 192.0.2.1",
		"192.0.2.1 ",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.01",
		"192.0.2.1:80",
		"[::1]",
		"fe80::1%lo",
		"unix",
		"::756e:6978",
		"example.org",
		"1",
		":::1",
		"unknown",
	};
	struct address address = { { 7 } };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK(!address_parse(&address, texts[i]) && address.bytes[0] == 7);
}

static bool is_local(const char *text)
{
	struct address address = parsed(text);

	return address_is_local(&address);
}

static void knows_what_is_local(void)
{
	CHECK(is_local("127.0.0.1") && is_local("127.255.0.9") && is_local("::1"));
	CHECK(!is_local("128.0.0.1") && !is_local("::2") && !is_local("::"));
	CHECK(!is_local("7f00::1"));
	CHECK(address_is_local(&address_unix));
}

static bool same_owner(const char *a, const char *b)
{
	struct address one = parsed(a);
	struct address two = parsed(b);

	one = address_owner(&one);
	two = address_owner(&two);
	return address_equal(&one, &two);
}

static void an_owner_has_an_ipv4_address_or_a_64(void)
{
	struct address unix_owner = address_owner(&address_unix);

	CHECK(same_owner("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
	CHECK(!same_owner("2001:db8:1:2::1", "2001:db8:1:3::1"));
	CHECK(!same_owner("192.0.2.1", "192.0.2.2"));
	CHECK(address_equal(&unix_owner, &address_unix));
}

static bool in_range(const char *text, const char *range_text)
{
	struct address_range range = { { { 0 } }, 0 };
	struct address address = parsed(text);
	struct error err = { 0 };

	CHECK(address_parse_range(&range, range_text, &err) == 0);
	return address_in_range(&address, &range);
}

static void a_range_holds_its_addresses(void)
{
	CHECK(in_range("10.255.255.255", "10.0.0.0/8"));
	CHECK(!in_range("11.0.0.0", "10.0.0.0/8"));
	CHECK(in_range("10.0.0.131", "10.0.0.128/30"));
	CHECK(!in_range("10.0.0.132", "10.0.0.128/30"));
	CHECK(in_range("10.0.0.1", "10.0.0.1") && !in_range("10.0.0.2", "10.0.0.1"));
	CHECK(in_range("203.0.113.9", "0.0.0.0/0"));
	CHECK(!in_range("2001:db8::1", "0.0.0.0/0"));
	CHECK(in_range("2001:db8::1", "::/0"));
	CHECK(in_range("2001:db8:ffff::1", "2001:db8::/32"));
	CHECK(!in_range("2001:db9::1", "2001:db8::/32"));
	CHECK(in_range("2001:db8::1", "2001:db8::1/128"));
}

static void a_range_may_be_the_local_socket(void)
{
	struct address_range range = { { { 0 } }, 0 };
	struct address other = parsed("127.0.0.1");
	struct error err = { 0 };

	CHECK(address_parse_range(&range, "unix", &err) == 0);
	CHECK(address_in_range(&address_unix, &range));
	CHECK(!address_in_range(&other, &range));
}

static void refuses_what_is_no_range(void)
{
	static const char *const texts[] = {
		"",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.1/8",
		"10.0.0.0/08x",
		"10.0.0.0/-1",
		"2001:db8::/129",
		"2001:db8::1/64",
		"10.0.0/8",
		"/8",
		"10.0.0.0/8/8",
		"10.0.0.0 /8",
	};
	struct address_range range = { { { 7 } }, 9 };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error err = { 0 };

		CHECK(address_parse_range(&range, texts[i], &err) == -1);
		CHECK(err.kind == ERROR_DATA && range.bits == 9);
	}
}

static const struct check_case cases[] = {
	{ "formats_what_it_parsed", formats_what_it_parsed },
	{ "formats_an_owner_as_a_range", formats_an_owner_as_a_range },
	{ "takes_a_mapped_address_for_the_ipv4_one",
	  takes_a_mapped_address_for_the_ipv4_one },
	{ "refuses_what_is_no_address", refuses_what_is_no_address },
	{ "knows_what_is_local", knows_what_is_local },
	{ "an_owner_has_an_ipv4_address_or_a_64", an_owner_has_an_ipv4_address_or_a_64 },
	{ "a_range_holds_its_addresses", a_range_holds_its_addresses },
	{ "a_range_may_be_the_local_socket", a_range_may_be_the_local_socket },
	{ "refuses_what_is_no_range", refuses_what_is_no_range },
};

CHECK_MAIN(cases)
