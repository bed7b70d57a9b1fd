#include "lib/uuid.h"

#include "tests/lib/check.h"

static void version_7_sorts_as_it_is_made(void)
{
	struct uuid_source source = { 0 };
	char last[UUID_LEN] = "";
	char id[UUID_LEN];
	int i;

	for (i = 0; i < 20000; i++) {
		uuid_next(id, &source, 1795218310123 - (i > 10000 ? 5000 : 0));
		CHECK(uuid_is_valid(id) && id[14] == '7' && strchr("89ab", id[19]));
		CHECK(strcmp(last, id) < 0);
		memcpy(last, id, sizeof(last));
	}
}

static void it_bears_its_time(void)
{
	struct uuid_source source = { 0 };
	char id[UUID_LEN];

	uuid_next(id, &source, 1795218310123);
	CHECK(uuid_time_ms(id) == 1795218310123);
	uuid_random(id);
	CHECK(uuid_time_ms(id) == 0 && uuid_is_valid(id) && id[14] == '4');
}

static void derived_ids_are_stable_and_differ(void)
{
	const char *id = "0195f3c2-7d1e-7abc-8def-0123fffffffe";
	char derived[UUID_LEN];

	uuid_derive(derived, id, 0);
	CHECK_STR(derived, id);
	uuid_derive(derived, id, 1);
	CHECK_STR(derived, "0195f3c2-7d1e-7abc-8def-0123ffffffff");
	uuid_derive(derived, id, 2);
	CHECK_STR(derived, "0195f3c2-7d1e-7abc-8def-012300000000");
}

static void a_name_and_a_time_give_the_same_id(void)
{
	const uint8_t name[10] = { 255, 1, 255, 2, 3, 4, 5, 6, 7, 8 };
	char id[UUID_LEN];

	uuid_named(id, 0x0195f3c27d1e, name);
	CHECK_STR(id, "0195f3c2-7d1e-7f01-bf02-030405060708");
	CHECK(uuid_is_valid(id) && uuid_time_ms(id) == 0x0195f3c27d1e);
}

static void only_the_written_form_is_valid(void)
{
	CHECK(uuid_is_valid("0195f3c2-7d1e-7abc-8def-0123456789ab"));
	CHECK(!uuid_is_valid("0195F3C2-7d1e-7abc-8def-0123456789ab"));
	CHECK(!uuid_is_valid("0195f3c2-7d1e-7abc-8def-0123456789abc"));
	CHECK(!uuid_is_valid("0195f3c2-7d1e-7abc-8def-0123456789a"));
	CHECK(!uuid_is_valid("0195f3c27d1e7abc8def0123456789ab----"));
	CHECK(!uuid_is_valid("../../../../../../../etc/passwd-----"));
	CHECK(!uuid_is_valid(""));
}

static const struct check_case cases[] = {
	{ "version_7_sorts_as_it_is_made", version_7_sorts_as_it_is_made },
	{ "it_bears_its_time", it_bears_its_time },
	{ "derived_ids_are_stable_and_differ", derived_ids_are_stable_and_differ },
	{ "a_name_and_a_time_give_the_same_id", a_name_and_a_time_give_the_same_id },
	{ "only_the_written_form_is_valid", only_the_written_form_is_valid },
};

CHECK_MAIN(cases)
