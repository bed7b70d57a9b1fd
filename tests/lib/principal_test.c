#include "lib/principal.h"

#include "lib/buf.h"
#include "lib/json_write.h"
#include "lib/role.h"
#include "tests/lib/check.h"

#define OPERATOR ROLE_SET(ROLE_OPERATOR)
#define ADMIN ROLE_SET(ROLE_ADMIN)

static void nobody_reaches_into_another_namespace(void)
{
	static char acme[] = "acme";
	struct principal bound = { NULL, acme, ADMIN };

	CHECK(principal_may(&bound, "get", "secret/global/key", "acme"));
	CHECK(!principal_may(&bound, "get", "secret/global/key", "other"));
	CHECK(!principal_may(&bound, "get", "secret/global/key", "acme2"));
	CHECK(!principal_may(&bound, "GET", "/runs", ""));
	bound.roles = OPERATOR;
	CHECK(!principal_may(&bound, "get", "secret/global/key", "acme"));
}

static void what_belongs_to_none_is_to_be_looked_at(void)
{
	static char acme[] = "acme";
	struct principal bound = { NULL, acme, ADMIN };

	CHECK(principal_may(&bound, "GET", "/runs", NULL));
	CHECK(!principal_may(&bound, "POST", "/repositories", NULL));
	CHECK(!principal_may(&bound, "put", "secret/global/key", NULL));
}

static void without_a_namespace_the_roles_alone_count(void)
{
	struct principal all = { NULL, NULL, OPERATOR };

	CHECK(principal_may(&all, "POST", "/repositories", NULL));
	CHECK(principal_may(&all, "POST", "/jobs", "acme"));
	CHECK(!principal_may(&all, "put", "secret/global/key", "acme"));
}

static void it_is_written_as_json(void)
{
	static char subject[] = "user:a\"b";
	struct principal one = { subject, NULL, OPERATOR | ADMIN };
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf roles = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	principal_write(&writer, &one);
	json_write_object_end(&writer);
	CHECK_STR(buf_str(&out), "{\"subject\":\"user:a\\\"b\",\"namespace\":null,"
				 "\"roles\":[\"admin\",\"operator\"]}");
	principal_add_roles(&roles, one.roles);
	CHECK_STR(buf_str(&roles), "admin,operator");
}

static bool reads(unsigned *roles, const char *text)
{
	return principal_read_roles(roles, (struct str_view){ text, strlen(text) });
}

static void roles_are_read_whole_or_not(void)
{
	unsigned roles = 0;

	CHECK(reads(&roles, "[\"viewer\", \"admin\",\"viewer\"]"));
	CHECK(roles == (ROLE_SET(ROLE_VIEWER) | ADMIN));
	CHECK(!reads(&roles, "[]") && !reads(&roles, "\"admin\"") && !reads(&roles, ""));
	CHECK(!reads(&roles, "[\"admin\",\"root\"]") && !reads(&roles, "[1]"));
	CHECK(roles == (ROLE_SET(ROLE_VIEWER) | ADMIN));
}

static void names_are_checked(void)
{
	char text[PRINCIPAL_SUBJECT_MAX + 2];

	CHECK(principal_is_namespace("acme") && principal_is_namespace("a.b-c_d@1"));
	CHECK(!principal_is_namespace("") && !principal_is_namespace(".a") &&
	      !principal_is_namespace("a/b") && !principal_is_namespace("a b"));
	memset(text, 'a', sizeof(text));
	text[PRINCIPAL_NAMESPACE_MAX + 1] = '\0';
	CHECK(!principal_is_namespace(text));
	text[PRINCIPAL_NAMESPACE_MAX] = '\0';
	CHECK(principal_is_namespace(text));
	text[PRINCIPAL_NAMESPACE_MAX] = 'a';
	text[PRINCIPAL_NAMESPACE_MAX + 1] = 'a';
	CHECK(principal_is_subject((struct str_view){ text, PRINCIPAL_SUBJECT_MAX }));
	CHECK(!principal_is_subject((struct str_view){ text, sizeof(text) }));
	CHECK(!principal_is_subject((struct str_view){ text, 0 }));
	CHECK(!principal_is_subject((struct str_view){ "a\nb", 3 }));
}

static const struct check_case cases[] = {
	{ "nobody_reaches_into_another_namespace",
	  nobody_reaches_into_another_namespace },
	{ "what_belongs_to_none_is_to_be_looked_at",
	  what_belongs_to_none_is_to_be_looked_at },
	{ "without_a_namespace_the_roles_alone_count",
	  without_a_namespace_the_roles_alone_count },
	{ "it_is_written_as_json", it_is_written_as_json },
	{ "roles_are_read_whole_or_not", roles_are_read_whole_or_not },
	{ "names_are_checked", names_are_checked },
};

CHECK_MAIN(cases)
