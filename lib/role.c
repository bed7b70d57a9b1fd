#include "lib/role.h"

#include <string.h>

#include "lib/pattern.h"

static const char *const names[ROLE_COUNT] = { "viewer", "operator", "admin" };

/* The least role that may; verbs are separated by a bar; see lib/pattern.h. */
struct rule {
	enum role least;
	const char *verbs;
	const char *object;
};

/* clang-format off */
static const struct rule rules[] = {
	/* ghstats serve */
	{ ROLE_VIEWER, "GET", "/" },
	{ ROLE_VIEWER, "GET", "/stats" },
	{ ROLE_VIEWER, "GET", "/stats/**" },
	{ ROLE_VIEWER, "GET", "/workflows" },
	{ ROLE_VIEWER, "GET", "/workflows/*" },
	{ ROLE_VIEWER, "GET", "/runs" },
	{ ROLE_VIEWER, "GET", "/runs/**" },
	{ ROLE_VIEWER, "GET", "/events" },
	{ ROLE_VIEWER, "GET", "/openapi.json" },
	{ ROLE_VIEWER, "GET", "/repositories" },
	{ ROLE_VIEWER, "GET", "/local_jobs" },
	{ ROLE_VIEWER, "POST", "/logout" },
	{ ROLE_OPERATOR, "GET", "/metrics" },
	{ ROLE_OPERATOR, "POST", "/repositories" },
	{ ROLE_OPERATOR, "DELETE", "/repositories/*" },

	/* runjob serve */
	{ ROLE_VIEWER, "GET", "/jobs" },
	{ ROLE_VIEWER, "GET", "/jobs/**" },
	{ ROLE_VIEWER, "GET", "/pipelines" },
	{ ROLE_VIEWER, "GET", "/pipelines/**" },
	{ ROLE_OPERATOR, "POST", "/jobs" },
	{ ROLE_OPERATOR, "POST", "/jobs/*/stop" },
	{ ROLE_OPERATOR, "POST", "/jobs/*/retry" },
	{ ROLE_OPERATOR, "DELETE", "/jobs/*" },
	{ ROLE_OPERATOR, "POST", "/pipelines/**" },
	{ ROLE_OPERATOR, "PUT", "/pipelines/*" },

	/* by words: what tokenmint keeps, and what runs */
	{ ROLE_VIEWER, "list|show", "job/**" },
	{ ROLE_VIEWER, "list|show", "run/**" },
	{ ROLE_OPERATOR, "start|stop|retry", "job/**" },
	{ ROLE_OPERATOR, "start|stop|retry", "run/**" },
	{ ROLE_OPERATOR, "get", "token/**" },
	{ ROLE_OPERATOR, "list", "secret/**" },
	{ ROLE_OPERATOR, "get|put|delete", "secret/pipeline/**" },
	{ ROLE_OPERATOR, "get|put|delete", "secret/repository/*" },

	{ ROLE_ADMIN, "*", "**" },
};
/* clang-format on */

const char *role_name(enum role role)
{
	return names[role];
}

bool role_read(enum role *role, struct str_view name)
{
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (str_view_equal(name, names[i])) {
			*role = (enum role)i;
			return true;
		}
	}
	return false;
}

bool role_only_looks(const char *verb)
{
	static const char *const looks[] = {
		"GET", "HEAD", "get", "list", "show", "read"
	};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (str_equal(verb, looks[i]))
			return true;
	return false;
}

/* A part may not be empty, "." or ".."; the first of a path is what stands before its slash, and
 * only "/" ends with one. */
static bool is_plain(const char *object)
{
	const char *rest = object[0] == '/' ? object + 1 : object;

	if (!*object || strlen(object) > ROLE_OBJECT_MAX)
		return false;
	for (const char *p = object; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '%' || *p == '\\' || *p == '?' ||
		    *p == '#' || *p == '\x7f')
			return false;
	if (str_equal(object, "/"))
		return true;
	while (rest) {
		struct str_view part = str_split(&rest, '/');

		if (part.len == 0 || str_view_equal(part, ".") ||
		    str_view_equal(part, ".."))
			return false;
	}
	return true;
}

/* Whoever may GET may ask for the head of it. */
static bool has_verb(const struct rule *rule, const char *verb)
{
	const char *wanted = str_equal(verb, "HEAD") ? "GET" : verb;
	const char *rest = rule->verbs;

	if (str_equal(rule->verbs, "*"))
		return *verb != '\0';
	while (rest)
		if (str_view_equal(str_split(&rest, '|'), wanted))
			return true;
	return false;
}

bool role_may(unsigned roles, const char *verb, const char *object)
{
	struct str_view text = { object, strlen(object) };

	if (!is_plain(object))
		return false;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		/* roles are sets: one at or above the least is a number not below its bit */
		if (roles >= ROLE_SET(rules[i].least) && has_verb(&rules[i], verb) &&
		    pattern_matches(rules[i].object, text))
			return true;
	}
	return false;
}
