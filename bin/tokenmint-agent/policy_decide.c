#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bin/tokenmint-agent/peer.h"
#include "bin/tokenmint-agent/policy.h"
#include "lib/error.h"

/* What a rule makes of a request: views of the request or of the rule. */
struct scope {
	struct str_view repositories[ASK_SCOPE + 1];
	size_t repository_count;
	struct ask_permission permissions[ASK_SCOPE];
	size_t permission_count;
};

static struct str_view view_of(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static bool is_alike(struct str_view view, const char *text)
{
	return view.len == strlen(text) && strncasecmp(view.data, text, view.len) == 0;
}

static struct str_view owner_of(const struct ask *ask)
{
	const char *slash =
		ask->name.len > 0 ? memchr(ask->name.data, '/', ask->name.len) : NULL;

	return (struct str_view){ ask->name.data, slash ? (size_t)(slash - ask->name.data)
							: ask->name.len };
}

static bool is_for(const struct policy_rule *rule, const struct peer *peer)
{
	return rule->is_group ? peer_is_in(peer, (gid_t)rule->id)
			      : peer->uid == (uid_t)rule->id;
}

static bool has_repository(const struct policy_rule *rule, struct str_view name)
{
	for (size_t i = 0; i < rule->repository_count; i++)
		if (is_alike(name, rule->repositories[i]))
			return true;
	return rule->repository_count == 0;
}

static bool has_permission(const struct policy_rule *rule,
			   const struct ask_permission *wanted)
{
	for (size_t i = 0; i < rule->permission_count; i++)
		if (str_view_equal(wanted->name, rule->permissions[i].name) &&
		    wanted->level <= rule->permissions[i].level)
			return true;
	return rule->permission_count == 0;
}

/* The repositories that were asked for, else all of the rule's. */
static bool choose_repositories(struct scope *scope, const struct policy_rule *rule,
				const struct ask *ask)
{
	struct str_view owner = owner_of(ask);
	struct str_view named = { ask->name.data + owner.len + 1,
				  ask->name.len - owner.len - 1 };
	bool is_named = ask->name.len > owner.len;

	if (is_named && !has_repository(rule, named))
		return false;
	if (is_named && !rule->is_whole)
		scope->repositories[scope->repository_count++] = named;
	for (size_t i = 0; i < ask->repository_count; i++) {
		if (!has_repository(rule, ask->repositories[i]))
			return false;
		scope->repositories[scope->repository_count++] = ask->repositories[i];
	}
	if (scope->repository_count > 0)
		return true;
	for (size_t i = 0; i < rule->repository_count; i++)
		scope->repositories[scope->repository_count++] =
			view_of(rule->repositories[i]);
	return true;
}

static bool choose_permissions(struct scope *scope, const struct policy_rule *rule,
			       const struct ask *ask)
{
	for (size_t i = 0; i < ask->permission_count; i++) {
		if (!has_permission(rule, &ask->permissions[i]))
			return false;
		scope->permissions[scope->permission_count++] = ask->permissions[i];
	}
	if (ask->permission_count > 0)
		return true;
	for (size_t i = 0; i < rule->permission_count; i++)
		scope->permissions[scope->permission_count++] =
			(struct ask_permission){ view_of(rule->permissions[i].name),
						 rule->permissions[i].level };
	return true;
}

static bool grants(struct scope *scope, const struct policy_rule *rule,
		   const struct ask *ask)
{
	if (ask->name.len > 0 && !is_alike(owner_of(ask), rule->owner))
		return false;
	if (ask->app.len > 0 && (!rule->app || !str_view_equal(ask->app, rule->app)))
		return false;
	return choose_repositories(scope, rule, ask) &&
	       choose_permissions(scope, rule, ask);
}

static int compare_names(const void *a, const void *b)
{
	const struct str_view *left = a;
	const struct str_view *right = b;
	size_t len = left->len < right->len ? left->len : right->len;
	int order = strncasecmp(left->data, right->data, len);

	if (order != 0)
		return order;
	return (left->len > right->len) - (left->len < right->len);
}

static int compare_permissions(const void *a, const void *b)
{
	const struct ask_permission *left = a;
	const struct ask_permission *right = b;

	return compare_names(&left->name, &right->name);
}

static void add_lower(struct buf *key, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_char(key, (char)tolower((unsigned char)text[i]));
}

static void add_argument(struct buf *key, const char *option, const char *text,
			 size_t len)
{
	buf_add_str(key, option);
	add_lower(key, text, len);
	buf_add_char(key, '\0');
}

/* Sorted, in small letters and each once: GitHub does not tell capitals apart. */
static void write_key(struct buf *key, const struct policy_rule *rule,
		      struct scope *scope)
{
	add_argument(key, "", rule->owner, strlen(rule->owner));
	if (rule->app)
		buf_add_format(key, "--app=%s%c", rule->app, '\0');
	qsort(scope->repositories, scope->repository_count, sizeof *scope->repositories,
	      compare_names);
	for (size_t i = 0; i < scope->repository_count; i++)
		if (i == 0 || compare_names(&scope->repositories[i - 1],
					    &scope->repositories[i]) != 0)
			add_argument(key, "--repository=", scope->repositories[i].data,
				     scope->repositories[i].len);
	qsort(scope->permissions, scope->permission_count, sizeof *scope->permissions,
	      compare_permissions);
	for (size_t i = 0; i < scope->permission_count; i++)
		buf_add_format(key, "--permission=%.*s=%s%c",
			       (int)scope->permissions[i].name.len,
			       scope->permissions[i].name.data,
			       ask_level_name(scope->permissions[i].level), '\0');
}

/* Without a name: what there is, if it is all one owner's. */
static bool is_clear(const struct policy *policy, const struct peer *peer)
{
	const char *owner = NULL;

	for (size_t i = 0; i < policy->count; i++) {
		if (!is_for(&policy->rules[i], peer))
			continue;
		if (owner && !str_equal_nocase(owner, policy->rules[i].owner))
			return false;
		owner = policy->rules[i].owner;
	}
	return true;
}

static int refuse(const struct policy *policy, const struct peer *peer,
		  const struct ask *ask, struct error *err)
{
	for (size_t i = 0; i < policy->count; i++)
		if (is_for(&policy->rules[i], peer))
			return error_set(err, ERROR_DENIED,
					 "no line of the policy grants uid %u that of "
					 "'%.*s'",
					 (unsigned)peer->uid, (int)ask->name.len,
					 ask->name.len > 0 ? ask->name.data : "");
	return error_set(err, ERROR_DENIED, "no line of the policy is for uid %u",
			 (unsigned)peer->uid);
}

int policy_decide(struct buf *key, const struct policy *policy, const struct peer *peer,
		  const struct ask *ask, struct error *err)
{
	if (ask->name.len == 0 && !is_clear(policy, peer))
		return error_set(err, ERROR_USAGE,
				 "name an owner: the policy has several for uid %u",
				 (unsigned)peer->uid);
	for (size_t i = 0; i < policy->count; i++) {
		struct scope scope;

		scope.repository_count = 0;
		scope.permission_count = 0;
		if (!is_for(&policy->rules[i], peer) ||
		    !grants(&scope, &policy->rules[i], ask))
			continue;
		write_key(key, &policy->rules[i], &scope);
		return 0;
	}
	return refuse(policy, peer, ask, err);
}
