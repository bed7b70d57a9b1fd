#include "lib/bans.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/address.h"
#include "lib/error.h"
#include "tests/lib/check.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static const int64_t now = INT64_C(1795218310123);
static const struct bans_rules rules = { 3, 10 * MINUTE, MINUTE };

static const char *path(void)
{
	const char *folder = getenv("BATS_TEST_TMPDIR");

	CHECK(folder && chdir(folder) == 0);
	return "bans";
}

static void open_bans(struct bans *bans)
{
	struct error err = { 0 };

	CHECK(bans_open(bans, path(), &rules, &err) == 0);
}

static struct address parsed(const char *text)
{
	struct address address = { { 0 } };

	CHECK(address_parse(&address, text));
	return address;
}

/* The end of the ban that the last of so many misses brought. */
static int64_t miss(struct bans *bans, const char *text, unsigned times, int64_t at_ms)
{
	struct address address = parsed(text);
	int64_t end_ms = 0;

	while (times--)
		end_ms = bans_add_miss(bans, &address, at_ms).end_ms;
	return end_ms;
}

static int64_t end(const struct bans *bans, const char *text, int64_t at_ms)
{
	struct address address = parsed(text);

	return bans_end(bans, &address, at_ms);
}

static void enough_misses_ban_and_the_ban_ends(void)
{
	auto_bans struct bans bans = BANS_NONE;

	open_bans(&bans);
	CHECK(miss(&bans, "192.0.2.1", 2, now) == 0);
	CHECK(end(&bans, "192.0.2.1", now) == 0);
	CHECK(miss(&bans, "192.0.2.1", 1, now) == now + MINUTE);
	CHECK(end(&bans, "192.0.2.1", now) == now + MINUTE);
	CHECK(end(&bans, "192.0.2.1", now + MINUTE - 1) == now + MINUTE);
	CHECK(end(&bans, "192.0.2.1", now + MINUTE) == 0);
	CHECK(end(&bans, "192.0.2.2", now) == 0);
}

static void misses_count_within_a_window(void)
{
	auto_bans struct bans bans = BANS_NONE;
	int64_t at_ms = now;
	int i;

	open_bans(&bans);
	for (i = 0; i < 20; i++, at_ms += 5 * MINUTE)
		CHECK(miss(&bans, "192.0.2.1", 1, at_ms) == 0);
	CHECK(miss(&bans, "192.0.2.1", 2, at_ms + 10 * MINUTE) == 0);
}

static void a_ban_is_twice_as_long_each_time_up_to_a_day(void)
{
	auto_bans struct bans bans = BANS_NONE;
	int64_t at_ms = now;
	int64_t length = MINUTE;
	int i;

	open_bans(&bans);
	for (i = 0; i < 40; i++) {
		CHECK(miss(&bans, "192.0.2.1", 3, at_ms) == at_ms + length);
		at_ms += length;
		CHECK(end(&bans, "192.0.2.1", at_ms) == 0);
		length = length * 2 < BANS_TIME_MAX_MS ? length * 2 : BANS_TIME_MAX_MS;
	}
	CHECK(length == BANS_TIME_MAX_MS);
	/* A day without one, and it begins anew. */
	at_ms += BANS_TIME_MAX_MS + 1;
	CHECK(miss(&bans, "192.0.2.1", 3, at_ms) == at_ms + MINUTE);
}

static void a_miss_in_a_ban_does_not_lengthen_it(void)
{
	auto_bans struct bans bans = BANS_NONE;

	open_bans(&bans);
	CHECK(miss(&bans, "192.0.2.1", 3, now) == now + MINUTE);
	CHECK(miss(&bans, "192.0.2.1", 30, now + SECOND) == 0);
	CHECK(end(&bans, "192.0.2.1", now + SECOND) == now + MINUTE);
}

static void a_64_is_one_sender(void)
{
	auto_bans struct bans bans = BANS_NONE;

	open_bans(&bans);
	CHECK(miss(&bans, "2001:db8:1:2::1", 1, now) == 0);
	CHECK(miss(&bans, "2001:db8:1:2::2", 1, now) == 0);
	CHECK(miss(&bans, "2001:db8:1:2:3::", 1, now) == now + MINUTE);
	CHECK(end(&bans, "2001:db8:1:2:ffff::", now) == now + MINUTE);
	CHECK(end(&bans, "2001:db8:1:3::1", now) == 0);
}

static void a_lifted_ban_begins_from_nothing(void)
{
	auto_bans struct bans bans = BANS_NONE;
	struct address address = parsed("192.0.2.1");

	open_bans(&bans);
	CHECK(!bans_lift(&bans, &address, now));
	(void)miss(&bans, "192.0.2.1", 3, now);
	CHECK(bans_lift(&bans, &address, now));
	CHECK(!bans_lift(&bans, &address, now));
	CHECK(end(&bans, "192.0.2.1", now) == 0);
	CHECK(miss(&bans, "192.0.2.1", 2, now) == 0);
	CHECK(miss(&bans, "192.0.2.1", 1, now) == now + MINUTE);
}

static void no_misses_ban_nobody(void)
{
	auto_bans struct bans bans = BANS_NONE;

	open_bans(&bans);
	bans.rules.misses = 0;
	CHECK(miss(&bans, "192.0.2.1", 1000, now) == 0);
	CHECK(end(&bans, "192.0.2.1", now) == 0);
}

/* More addresses than the table has room for. */
static void a_million_addresses_do_not_lift_a_ban(void)
{
	auto_bans struct bans bans = BANS_NONE;
	struct stat before = { 0 };
	struct stat after = { 0 };
	struct address address = parsed("10.0.0.0");
	unsigned i;

	open_bans(&bans);
	CHECK(stat(path(), &before) == 0 && before.st_size < (2 << 20));
	(void)miss(&bans, "192.0.2.1", 3, now);
	for (i = 0; i < 1000000; i++) {
		address.bytes[13] = (uint8_t)(i >> 16);
		address.bytes[14] = (uint8_t)(i >> 8);
		address.bytes[15] = (uint8_t)i;
		(void)bans_add_miss(&bans, &address, now + i / 100);
	}
	CHECK(end(&bans, "192.0.2.1", now + 10 * SECOND) == now + MINUTE);
	/* And whoever goes on guessing is still found. */
	CHECK(miss(&bans, "192.0.2.9", 3, now + 11 * SECOND) != 0);
	CHECK(stat(path(), &after) == 0 && after.st_size == before.st_size);
}

static void count_found(void *context, const struct ban *ban)
{
	unsigned *found = context;

	CHECK(ban->end_ms - ban->since_ms == MINUTE && ban->times == 1);
	(*found)++;
}

static void a_table_full_of_bans_stays_in_order(void)
{
	auto_bans struct bans bans = BANS_NONE;
	struct address address = parsed("10.0.0.0");
	unsigned found = 0;
	unsigned i;

	open_bans(&bans);
	for (i = 0; i < 300000; i++) {
		address.bytes[13] = (uint8_t)(i / 3 >> 16);
		address.bytes[14] = (uint8_t)(i / 3 >> 8);
		address.bytes[15] = (uint8_t)(i / 3);
		(void)bans_add_miss(&bans, &address, now);
	}
	bans_each(&bans, now, count_found, &found);
	CHECK(found > 30000 && found <= 32768);
	found = 0;
	bans_each(&bans, now + MINUTE, count_found, &found);
	CHECK(found == 0);
}

static void bans_are_shared_and_outlive_their_process(void)
{
	auto_bans struct bans bans = BANS_NONE;
	auto_bans struct bans other = BANS_NONE;
	int status = 0;
	pid_t child;

	open_bans(&bans);
	CHECK(miss(&bans, "192.0.2.1", 1, now) == 0);
	child = fork();
	if (child == 0) {
		open_bans(&other);
		if (miss(&other, "192.0.2.1", 2, now) != 0)
			(void)raise(SIGKILL);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
	CHECK(end(&bans, "192.0.2.1", now) == now + MINUTE);
	bans_close(&bans);
	open_bans(&bans);
	CHECK(end(&bans, "192.0.2.1", now) == now + MINUTE);
}

static void the_clock_may_be_put_back(void)
{
	auto_bans struct bans bans = BANS_NONE;
	const int64_t earlier = now - 7 * BANS_TIME_MAX_MS;

	open_bans(&bans);
	(void)miss(&bans, "192.0.2.1", 3, now);
	CHECK(end(&bans, "192.0.2.1", earlier) == 0);
	CHECK(miss(&bans, "192.0.2.1", 2, earlier) == 0);
	CHECK(miss(&bans, "192.0.2.1", 1, earlier) == earlier + MINUTE);
}

static void a_file_of_rubbish_is_made_anew(void)
{
	auto_bans struct bans bans = BANS_NONE;
	unsigned found = 0;
	FILE *file = fopen(path(), "w");
	int i;

	CHECK(file);
	for (i = 0; i < 3000000; i++)
		CHECK(fputc(0x5a, file) != EOF);
	CHECK(fclose(file) == 0);
	open_bans(&bans);
	bans_each(&bans, now, count_found, &found);
	CHECK(found == 0);
	CHECK(miss(&bans, "192.0.2.1", 3, now) == now + MINUTE);
}

static const struct check_case cases[] = {
	{ "enough_misses_ban_and_the_ban_ends", enough_misses_ban_and_the_ban_ends },
	{ "misses_count_within_a_window", misses_count_within_a_window },
	{ "a_ban_is_twice_as_long_each_time_up_to_a_day",
	  a_ban_is_twice_as_long_each_time_up_to_a_day },
	{ "a_miss_in_a_ban_does_not_lengthen_it", a_miss_in_a_ban_does_not_lengthen_it },
	{ "a_64_is_one_sender", a_64_is_one_sender },
	{ "a_lifted_ban_begins_from_nothing", a_lifted_ban_begins_from_nothing },
	{ "no_misses_ban_nobody", no_misses_ban_nobody },
	{ "a_million_addresses_do_not_lift_a_ban",
	  a_million_addresses_do_not_lift_a_ban },
	{ "a_table_full_of_bans_stays_in_order", a_table_full_of_bans_stays_in_order },
	{ "bans_are_shared_and_outlive_their_process",
	  bans_are_shared_and_outlive_their_process },
	{ "the_clock_may_be_put_back", the_clock_may_be_put_back },
	{ "a_file_of_rubbish_is_made_anew", a_file_of_rubbish_is_made_anew },
};

CHECK_MAIN(cases)
