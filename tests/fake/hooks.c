#include "tests/fake/hooks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json.h"
#include "tests/fake/fake.h"
#include "tests/fake/objects.h"

void hook_load(jv *hook, const struct fake *fake, const char *id)
{
	auto_free char *name = str_format("hooks/%s", id);
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	if (!id || strspn(id, "0123456789") != strlen(id) || !store_has(fake, name))
		return;
	store_read(&text, fake, name);
	if (json_parse(hook, buf_str(&text), text.len, &err) < 0)
		abort(); /* it wrote that itself */
}

char *hook_text(jv hook, const char *key)
{
	char *text = NULL;
	struct error err = { 0 };

	if (json_get_string(&text, hook, key, &err) < 0 || !text)
		return str_dup("");
	return text;
}

static jv text_of(const char *text)
{
	return jv_string(text);
}

static bool visit_may(struct visit *visit, struct buf *out)
{
	auto_buf struct buf token = BUF_EMPTY;
	auto_free char *wanted = NULL;
	const char *came = http_header(visit->exchange, "Authorization");

	if (!str_starts(http_path(visit->exchange), "/api/v4/"))
		return visit_has_token(visit, visit->parts[0], out);
	store_read(&token, visit->fake, "gitlab-token");
	wanted = str_format("Bearer %s", buf_str(&token));
	if (token.len > 0 && str_equal(came, wanted))
		return true;
	visit->refused = visit_refuse(out, 401, "401 Unauthorized");
	return false;
}

static char *project_of(const struct visit *visit)
{
	return str_format("%s/%s", visit->parts[0], visit->parts[1]);
}

bool hook_visited(jv *hook, struct visit *visit, struct buf *out)
{
	auto_free char *project = project_of(visit);
	auto_free char *owner = NULL;

	if (!visit_may(visit, out))
		return false;
	hook_load(hook, visit->fake, visit->parts[2]);
	owner = hook_text(*hook, "project");
	if (jv_is_valid(*hook) && str_equal(owner, project))
		return true;
	visit->refused = visit_refuse(out, 404, "Not Found");
	return false;
}

static void set_text(jv *object, const char *key, const char *text)
{
	*object =
		jv_object_set(*object, jv_string(key), text ? text_of(text) : jv_null());
}

/* As GitHub shows it: no secret. */
static jv shown_config(jv hook)
{
	auto_free char *url = hook_text(hook, "url");
	jv config = jv_object();

	set_text(&config, "content_type", "json");
	set_text(&config, "insecure_ssl", "0");
	set_text(&config, "secret", "********");
	set_text(&config, "url", url);
	return config;
}

static void set_links(jv *view, const struct visit *visit, jv hook)
{
	static const struct {
		const char *key;
		const char *rest;
	} links[] = {
		{ "url", "" },
		{ "test_url", "/test" },
		{ "ping_url", "/pings" },
		{ "deliveries_url", "/deliveries" },
	};
	auto_free char *project = hook_text(hook, "project");
	auto_jv jv id = json_get(hook, "id");

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		auto_free char *path = str_format("/repos/%s/hooks/%.0f%s", project,
						  jv_number_value(id), links[i].rest);
		auto_free char *url = object_url(visit, path);

		set_text(view, links[i].key, url);
	}
}

static jv shown_github(const struct visit *visit, jv hook)
{
	jv view = jv_object_set(jv_object(), jv_string("id"), json_get(hook, "id"));
	jv last = jv_object_set(jv_object(), jv_string("code"), jv_null());

	set_text(&last, "status", "active");
	set_text(&last, "message", NULL);
	set_text(&view, "type", "Repository");
	set_text(&view, "name", "web");
	set_text(&view, "created_at", OBJECT_DATE);
	set_text(&view, "updated_at", OBJECT_DATE);
	set_links(&view, visit, hook);
	view = jv_object_set(view, jv_string("config"), shown_config(hook));
	view = jv_object_set(view, jv_string("active"),
			     jv_bool(!jv_object_has(jv_copy(hook), jv_string("off"))));
	view = jv_object_set(view, jv_string("events"), json_get(hook, "events"));
	return jv_object_set(view, jv_string("last_response"), last);
}

/* As the forge shows it. */
static jv shown(const struct visit *visit, jv hook)
{
	auto_free char *forge = hook_text(hook, "forge");
	auto_free char *url = hook_text(hook, "url");
	jv view = jv_invalid();

	if (!str_equal(forge, "gitlab"))
		return shown_github(visit, hook);
	view = jv_object_set(jv_object(), jv_string("id"), json_get(hook, "id"));
	set_text(&view, "url", url);
	set_text(&view, "alert_status", "executable");
	return view;
}

static void save(const struct fake *fake, const char *id, jv hook)
{
	auto_free char *name = str_format("hooks/%s", id);
	auto_buf struct buf text = BUF_EMPTY;

	json_dump(&text, hook);
	store_write(fake, name, &text);
}

static jv list_of(const struct visit *visit, const char *project, const char *forge)
{
	jv list = jv_array();

	for (int id = 1; id <= HOOKS_MAX; id++) {
		auto_free char *digits = str_format("%d", id);
		auto_free char *owner = NULL;
		auto_free char *kind = NULL;
		auto_jv jv hook = jv_invalid();

		hook_load(&hook, visit->fake, digits);
		owner = hook_text(hook, "project");
		kind = hook_text(hook, "forge");
		if (str_equal(owner, project) && str_equal(kind, forge))
			list = jv_array_append(list, shown(visit, hook));
	}
	return list;
}

static const char *forge_of(const struct visit *visit)
{
	return str_starts(http_path(visit->exchange), "/api/v4/") ? "gitlab" : "github";
}

unsigned hooks_list(struct visit *visit, struct buf *out)
{
	auto_free char *project = project_of(visit);
	auto_jv jv list = jv_invalid();

	if (!visit_may(visit, out))
		return visit->refused;
	list = list_of(visit, project, forge_of(visit));
	json_dump(out, list);
	return 200;
}

/* What a request says of url, secret and events goes into the hook. */
static void take(jv *hook, jv body, const char *forge)
{
	auto_jv jv config = json_get(body, "config");
	auto_jv jv events = json_get(body, "events");
	jv from = str_equal(forge, "gitlab") ? body : config;
	auto_free char *url = hook_text(from, "url");
	auto_free char *secret = hook_text(from, "secret");
	auto_free char *token = hook_text(from, "token");
	auto_free char *signing = hook_text(from, "signing_token");

	if (*url)
		*hook = jv_object_set(*hook, jv_string("url"), text_of(url));
	if (*secret || *token || *signing)
		*hook = jv_object_set(*hook, jv_string("secret"),
				      text_of(*secret  ? secret
					      : *token ? token
						       : signing));
	if (jv_is_valid(events))
		*hook = jv_object_set(*hook, jv_string("events"), jv_copy(events));
	*hook = jv_object_set(*hook, jv_string("asked"), jv_copy(body));
}

static const char *find_fault(const struct visit *visit, jv hook, const char *project)
{
	auto_free char *url = hook_text(hook, "url");
	auto_jv jv list = list_of(visit, project, forge_of(visit));

	if (!str_starts(url, "http"))
		return "Validation Failed";
	for (int i = 0; i < jv_array_length(jv_copy(list)); i++) {
		auto_jv jv other = jv_array_get(jv_copy(list), i);
		auto_jv jv config = json_get(other, "config");
		auto_free char *taken = hook_text(config, "url");

		if (str_equal(taken, url))
			return "Hook already exists on this repository";
	}
	return NULL;
}

static bool read_body(jv *body, const struct visit *visit)
{
	struct error err = { 0 };

	return json_parse(body, buf_str(&visit->body), visit->body.len, &err) == 0;
}

unsigned hooks_create(struct visit *visit, struct buf *out)
{
	auto_free char *project = project_of(visit);
	auto_free char *id =
		str_format("%d", (int)store_number(visit->fake, "last", 0) + 1);
	auto_buf struct buf last = BUF_EMPTY;
	auto_jv jv hook = jv_object();
	auto_jv jv body = jv_invalid();
	auto_jv jv view = jv_invalid();
	const char *fault = NULL;

	if (!visit_may(visit, out))
		return visit->refused;
	if (!read_body(&body, visit))
		return visit_refuse(out, 400, "Problems parsing JSON");
	hook = jv_object_set(hook, jv_string("id"), jv_number(strtod(id, NULL)));
	hook = jv_object_set(hook, jv_string("forge"), text_of(forge_of(visit)));
	hook = jv_object_set(hook, jv_string("project"), text_of(project));
	take(&hook, body, forge_of(visit));
	fault = find_fault(visit, hook, project);
	if (fault)
		return visit_refuse(out, 422, fault);
	buf_add_str(&last, id);
	store_write(visit->fake, "last", &last);
	save(visit->fake, id, hook);
	if (str_equal(forge_of(visit), "github"))
		delivery_make(visit, id, "ping", "{\"zen\":\"fake\"}", 0);
	view = shown(visit, hook);
	json_dump(out, view);
	return 201;
}

unsigned hooks_show(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	auto_jv jv view = jv_invalid();

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	view = shown(visit, hook);
	json_dump(out, view);
	return 200;
}

unsigned hooks_update(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	auto_jv jv body = jv_invalid();

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	if (!read_body(&body, visit))
		return visit_refuse(out, 400, "Problems parsing JSON");
	take(&hook, body, forge_of(visit));
	save(visit->fake, visit->parts[2], hook);
	return hooks_show(visit, out);
}

unsigned hooks_delete(struct visit *visit, struct buf *out)
{
	auto_free char *name = str_format("hooks/%s", visit->parts[2]);
	auto_jv jv hook = jv_invalid();

	if (!hook_visited(&hook, visit, out))
		return visit->refused;
	store_drop(visit->fake, name);
	return 204;
}

unsigned app_configure(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	auto_jv jv body = jv_invalid();
	auto_jv jv wrapped = jv_invalid();

	if (!visit_is_app(visit, out))
		return visit->refused;
	if (!read_body(&body, visit))
		return visit_refuse(out, 400, "Problems parsing JSON");
	hook = jv_object_set(jv_object(), jv_string("id"), jv_number(APP_HOOK_NUMBER));
	hook = jv_object_set(hook, jv_string("forge"), jv_string("github"));
	hook = jv_object_set(hook, jv_string("project"), jv_string("app"));
	wrapped = jv_object_set(jv_object(), jv_string("config"), jv_copy(body));
	take(&hook, wrapped, "github");
	save(visit->fake, APP_HOOK, hook);
	return app_configuration(visit, out);
}

unsigned app_configuration(struct visit *visit, struct buf *out)
{
	auto_jv jv hook = jv_invalid();
	auto_jv jv config = jv_invalid();

	if (!visit_is_app(visit, out))
		return visit->refused;
	hook_load(&hook, visit->fake, APP_HOOK);
	if (!jv_is_valid(hook))
		return visit_refuse(out, 404, "Not Found");
	config = shown_config(hook);
	json_dump(out, config);
	return 200;
}
