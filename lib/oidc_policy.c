#include "lib/oidc_policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/pattern.h"
#include "lib/principal.h"

/* One rule, its parts as they stand in the file. */
struct rule {
	struct str_view claims;
	struct str_view name_space; /* empty when there is none */
	unsigned roles;
};

/* "name@17", its end given: the length without the number; 0 when there is none. */
static size_t without_id(const char *text, size_t len)
{
	size_t end = len;

	while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9')
		end--;
	if (end == len || end < 2 || text[end - 1] != '@')
		return 0;
	return end - 1;
}

bool oidc_policy_plain_subject(struct buf *out, struct str_view subject)
{
	static const char front[] = "repo:";
	const char *text = subject.data + strlen(front);
	const char *slash = NULL;
	const char *colon = NULL;
	size_t owner = 0;
	size_t repository = 0;

	if (subject.len < strlen(front) ||
	    memcmp(subject.data, front, strlen(front)) != 0)
		return false;
	slash = memchr(text, '/', subject.len - strlen(front));
	colon = memchr(text, ':', subject.len - strlen(front));
	if (!slash || !colon || colon < slash)
		return false;
	owner = without_id(text, (size_t)(slash - text));
	repository = without_id(slash + 1, (size_t)(colon - slash - 1));
	if (owner == 0 || repository == 0)
		return false;
	buf_add_str(out, front);
	buf_add(out, text, owner);
	buf_add(out, slash, repository + 1);
	buf_add(out, colon, (size_t)(subject.data + subject.len - colon));
	return true;
}

/* A string's text; another value as it is written: numbers, true and false. */
static bool add_value(struct buf *out, struct str_view raw)
{
	if (raw.len > 0 && raw.data[0] == '"')
		return json_object_text(out, raw);
	if (raw.len == 0 || strchr("[{n", raw.data[0]))
		return false;
	buf_add(out, raw.data, raw.len);
	return true;
}

static bool matches_text(struct str_view raw_pattern, const struct buf *value)
{
	auto_buf struct buf pattern = BUF_EMPTY;

	return add_value(&pattern, raw_pattern) &&
	       pattern_matches(buf_str(&pattern),
			       (struct str_view){ buf_str(value), value->len });
}

/* One pattern, or any of an array. */
static bool matches(struct str_view patterns, const struct buf *value)
{
	struct str_view one = { NULL, 0 };

	if (patterns.data[0] != '[')
		return matches_text(patterns, value);
	while (json_scan_element(&one, &patterns))
		if (matches_text(one, value))
			return true;
	return false;
}

/* Names may be taken over by others, numbers not. */
static bool is_pinned(const struct rule *rule)
{
	struct str_view ignored = { NULL, 0 };

	return json_object_find(&ignored, rule->claims, "repository_id") ||
	       json_object_find(&ignored, rule->claims, "repository_owner_id");
}

static bool claim_matches(const struct rule *rule, const char *name,
			  struct str_view patterns, struct str_view claims)
{
	auto_buf struct buf value = BUF_EMPTY;
	auto_buf struct buf plain = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, claims, name) || !add_value(&value, raw))
		return false;
	if (matches(patterns, &value))
		return true;
	return str_equal(name, "sub") && is_pinned(rule) &&
	       oidc_policy_plain_subject(
		       &plain, (struct str_view){ buf_str(&value), value.len }) &&
	       matches(patterns, &plain);
}

static bool rule_matches(const struct rule *rule, struct str_view claims)
{
	struct str_view rest = rule->claims;
	struct str_view name = { NULL, 0 };
	struct str_view patterns = { NULL, 0 };

	while (json_scan_next(&name, &patterns, &rest)) {
		auto_free char *text = str_format("%.*s", (int)name.len, name.data);

		if (!claim_matches(rule, text, patterns, claims))
			return false;
	}
	return true;
}

static bool is_pattern(struct str_view raw)
{
	auto_buf struct buf text = BUF_EMPTY;

	return add_value(&text, raw) && text.len > 0 && text.len <= PATTERN_MAX &&
	       !memchr(text.data, 0, text.len);
}

/* A name without escapes, and a pattern or an array of some. */
static bool is_claim(struct str_view name, struct str_view patterns)
{
	struct str_view one = { NULL, 0 };
	bool any = false;

	if (memchr(name.data, '\\', name.len))
		return false;
	if (patterns.data[0] != '[')
		return is_pattern(patterns);
	while (json_scan_element(&one, &patterns)) {
		if (!is_pattern(one))
			return false;
		any = true;
	}
	return any;
}

static int check_claims(struct str_view claims, struct error *err)
{
	struct str_view name = { NULL, 0 };
	struct str_view patterns = { NULL, 0 };
	const char *problem = NULL;
	size_t count = 0;

	if (!json_object_is_sound(claims, &problem))
		return error_set(err, ERROR_CONFIG, "its 'claims' %s", problem);
	for (; json_scan_next(&name, &patterns, &claims); count++)
		if (!is_claim(name, patterns))
			return error_set(err, ERROR_CONFIG,
					 "its claim '%.*s' is no pattern",
					 (int)(name.len > 80 ? 80 : name.len), name.data);
	if (count == 0)
		return error_set(err, ERROR_CONFIG,
				 "it has no 'claims', and would match everybody");
	return 0;
}

static int read_namespace(struct rule *rule, struct str_view object, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	rule->name_space = (struct str_view){ NULL, 0 };
	if (!json_object_find(&raw, object, "namespace") || str_view_equal(raw, "null"))
		return 0;
	if (!json_object_text(&text, raw) || memchr(buf_str(&text), 0, text.len) ||
	    !principal_is_namespace(buf_str(&text)))
		return error_set(err, ERROR_CONFIG, "its 'namespace' is no name");
	rule->name_space = raw;
	return 0;
}

static int read_rule(struct rule *rule, struct str_view object, struct error *err)
{
	static const char *const known[] = { "claims", "roles", "namespace", "comment" };
	struct str_view rest = object;
	struct str_view name = { NULL, 0 };
	struct str_view raw = { NULL, 0 };
	const char *problem = NULL;

	if (!json_object_is_sound(object, &problem))
		return error_set(err, ERROR_CONFIG, "it %s", problem);
	while (json_scan_next(&name, &raw, &rest)) {
		size_t i = 0;

		while (i < sizeof(known) / sizeof(known[0]) &&
		       !str_view_equal(name, known[i]))
			i++;
		if (i == sizeof(known) / sizeof(known[0]))
			return error_set(err, ERROR_CONFIG, "nobody knows its '%.*s'",
					 (int)(name.len > 80 ? 80 : name.len), name.data);
	}
	if (!json_object_find(&raw, object, "roles") ||
	    !principal_read_roles(&rule->roles, raw))
		return error_set(err, ERROR_CONFIG,
				 "its 'roles' want to be an array of admin, operator or "
				 "viewer");
	if (!json_object_find(&rule->claims, object, "claims"))
		return error_set(err, ERROR_CONFIG, "it has no 'claims'");
	return read_namespace(rule, object, err);
}

/* The array of rules. */
static int read_rules(struct str_view *rules, struct str_view policy, struct error *err)
{
	const char *problem = NULL;

	if (!json_object_is_sound(policy, &problem))
		return error_set(err, ERROR_CONFIG, "the policy %s", problem);
	if (!json_object_find(rules, policy, "rules") || rules->data[0] != '[')
		return error_set(err, ERROR_CONFIG, "the policy has no array 'rules'");
	return 0;
}

int oidc_policy_check(struct str_view policy, struct error *err)
{
	struct str_view rules = { NULL, 0 };
	struct str_view object = { NULL, 0 };
	size_t number = 1;

	if (read_rules(&rules, policy, err) < 0)
		return -1;
	for (; json_scan_element(&object, &rules); number++) {
		struct rule rule = { .roles = 0 };

		if (read_rule(&rule, object, err) < 0 ||
		    check_claims(rule.claims, err) < 0)
			return error_wrap(err, "rule %zu of the policy", number);
	}
	return 0;
}

static void name_principal(struct principal *principal, const struct rule *rule,
			   struct str_view claims)
{
	auto_buf struct buf subject = BUF_EMPTY;
	auto_buf struct buf name_space = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	principal_free(principal);
	if (json_object_find(&raw, claims, "sub"))
		(void)json_object_text(&subject, raw); /* oidc_verify has looked */
	principal->subject = buf_take(&subject);
	if (json_object_text(&name_space, rule->name_space))
		principal->name_space = buf_take(&name_space);
	principal->roles = rule->roles;
}

int oidc_policy_apply(struct principal *principal, bool *found, struct str_view policy,
		      struct str_view claims, struct error *err)
{
	struct str_view rules = { NULL, 0 };
	struct str_view object = { NULL, 0 };

	*found = false;
	if (read_rules(&rules, policy, err) < 0)
		return -1;
	while (!*found && json_scan_element(&object, &rules)) {
		struct rule rule = { .roles = 0 };

		if (read_rule(&rule, object, err) < 0)
			return -1;
		*found = rule_matches(&rule, claims);
		if (*found)
			name_principal(principal, &rule, claims);
	}
	return 0;
}
