#include "tests/fake/objects.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/http_server.h"
#include "tests/fake/fake.h"

#define SITE "https://github.example"

static void write_link(struct json_writer *writer, const char *key, const char *login,
		       const char *rest)
{
	auto_free char *url = str_format(SITE "/users/%s%s", login, rest);

	json_write_string(writer, key, url);
}

static void write_account(struct json_writer *writer, const char *login, const char *type)
{
	static const struct {
		const char *key;
		const char *rest;
	} links[] = {
		{ "avatar_url", "/avatar" },
		{ "url", "" },
		{ "html_url", "" },
		{ "followers_url", "/followers" },
		{ "following_url", "/following{/other_user}" },
		{ "gists_url", "/gists{/gist_id}" },
		{ "starred_url", "/starred{/owner}{/repo}" },
		{ "subscriptions_url", "/subscriptions" },
		{ "organizations_url", "/orgs" },
		{ "repos_url", "/repos" },
		{ "events_url", "/events{/privacy}" },
		{ "received_events_url", "/received_events" },
	};

	json_write_string(writer, "login", login);
	json_write_u64(writer, "id", 1001);
	json_write_string(writer, "node_id", "O_kgDOFAKE");
	json_write_string(writer, "gravatar_id", "");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		write_link(writer, links[i].key, login, links[i].rest);
	json_write_string(writer, "type", type);
	json_write_bool(writer, "site_admin", false);
}

void object_write_account(struct json_writer *writer, const char *key, const char *login)
{
	json_write_object(writer, key);
	write_account(writer, login, "Organization");
	json_write_object_end(writer);
}

void object_write_person(struct json_writer *writer, const char *login)
{
	static const char *const unsaid[] = { "bio",	  "blog", "company", "email",
					      "hireable", "name", "location" };
	static const char *const counts[] = {
		"followers",	 "following",		"public_gists",
		"public_repos",	 "collaborators",	"disk_usage",
		"private_gists", "owned_private_repos", "total_private_repos",
	};

	write_account(writer, login, "User");
	json_write_string(writer, "user_view_type", "private");
	for (size_t i = 0; i < sizeof(unsaid) / sizeof(unsaid[0]); i++)
		json_write_null(writer, unsaid[i]);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_write_u64(writer, counts[i], 0);
	json_write_bool(writer, "two_factor_authentication", true);
	json_write_string(writer, "created_at", OBJECT_DATE);
	json_write_string(writer, "updated_at", OBJECT_DATE);
}

/* What a repository has of one kind each. */
static void write_kinds(struct json_writer *writer)
{
	static const char *const flags[] = { "fork",	   "has_downloads",
					     "has_issues", "has_projects",
					     "has_wiki",   "has_pages",
					     "archived",   "disabled" };
	static const char *const counts[] = { "forks",		"forks_count",
					      "size",		"open_issues",
					      "watchers",	"open_issues_count",
					      "watchers_count", "stargazers_count" };
	static const char *const unsaid[] = { "description", "homepage", "language",
					      "license", "mirror_url" };
	static const char *const dates[] = { "created_at", "updated_at", "pushed_at" };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		json_write_bool(writer, flags[i], false);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_write_u64(writer, counts[i], 0);
	for (size_t i = 0; i < sizeof(unsaid) / sizeof(unsaid[0]); i++)
		json_write_null(writer, unsaid[i]);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		json_write_string(writer, dates[i], OBJECT_DATE);
}

void object_write_repository(struct json_writer *writer, const struct visit *visit,
			     const char *name)
{
	static const char *const links[] = {
		"archive",	 "assignees",	  "blobs",	  "branches",
		"collaborators", "comments",	  "commits",	  "compare",
		"contents",	 "contributors",  "events",	  "deployments",
		"downloads",	 "forks",	  "git_commits",  "git_refs",
		"git_tags",	 "hooks",	  "issue_events", "issue_comment",
		"issues",	 "keys",	  "labels",	  "languages",
		"merges",	 "pulls",	  "milestones",	  "releases",
		"stargazers",	 "notifications", "statuses",	  "subscribers",
		"subscription",	 "tags",	  "teams",	  "trees",
		"clone",	 "git",		  "ssh",	  "svn",
		"html",
	};
	auto_free char *path = str_format("/repos/%s", name);
	auto_free char *owner = str_dup(name);

	owner[strcspn(owner, "/")] = '\0';
	json_write_object(writer, NULL);
	json_write_u64(writer, "id", 1003);
	json_write_string(writer, "node_id", "R_kgDOFAKE");
	json_write_string(writer, "name", name + strcspn(name, "/") + 1);
	json_write_string(writer, "full_name", name);
	json_write_bool(writer, "private", true);
	json_write_string(writer, "default_branch", "main");
	object_write_account(writer, "owner", owner);
	object_write_url(writer, "url", visit, path);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		auto_free char *key = str_format("%s_url", links[i]);

		object_write_url(writer, key, visit, path);
	}
	write_kinds(writer);
	json_write_object_end(writer);
}

void object_write_enterprise(struct json_writer *writer, const char *key,
			     const char *slug)
{
	json_write_object(writer, key);
	json_write_u64(writer, "id", 1002);
	json_write_string(writer, "node_id", "E_kgDOFAKE");
	json_write_string(writer, "name", slug);
	json_write_string(writer, "slug", slug);
	json_write_string(writer, "html_url", SITE "/enterprises/it");
	json_write_string(writer, "avatar_url", SITE "/enterprises/it/avatar");
	json_write_string(writer, "created_at", OBJECT_DATE);
	json_write_string(writer, "updated_at", OBJECT_DATE);
	json_write_object_end(writer);
}

void object_write_permissions(struct json_writer *writer)
{
	json_write_object(writer, "permissions");
	json_write_string(writer, "checks", "write");
	json_write_string(writer, "contents", "read");
	json_write_string(writer, "metadata", "read");
	json_write_object_end(writer);
}

char *object_url(const struct visit *visit, const char *path)
{
	const char *host = http_header(visit->exchange, "Host");

	return str_format("http://%s%s", host ? host : "127.0.0.1", path);
}

void object_write_url(struct json_writer *writer, const char *key,
		      const struct visit *visit, const char *path)
{
	auto_free char *url = object_url(visit, path);

	json_write_string(writer, key, url);
}
