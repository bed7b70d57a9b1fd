#include "tests/fake/objects.h"

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

void object_write_account(struct json_writer *writer, const char *key, const char *login)
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

	json_write_object(writer, key);
	json_write_string(writer, "login", login);
	json_write_u64(writer, "id", 1001);
	json_write_string(writer, "node_id", "O_kgDOFAKE");
	json_write_string(writer, "gravatar_id", "");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		write_link(writer, links[i].key, login, links[i].rest);
	json_write_string(writer, "type", "Organization");
	json_write_bool(writer, "site_admin", false);
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

void object_write_url(struct json_writer *writer, const char *key,
		      const struct visit *visit, const char *path)
{
	const char *host = http_header(visit->exchange, "Host");
	auto_free char *url = str_format("http://%s%s", host ? host : "127.0.0.1", path);

	json_write_string(writer, key, url);
}
