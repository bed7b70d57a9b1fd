#include "bin/tokenmint/app.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"

#define SCOPE "app/"
#define RECORD_HEAD_MAX 2048 /* of the lines before the key */

void app_wipe(struct app *app)
{
	vault_secret_wipe(&app->secret);
	*app = (struct app)APP_EMPTY;
}

static int check_name(const char *name, struct error *err)
{
	if (str_is_identifier(name))
		return 0;
	return error_set(
		err, ERROR_USAGE,
		"'%.100s' is no name for an app: want 3 to 32 letters, digits, hyphens",
		name);
}

/* The lines of a record and where they go. */
static const struct line {
	const char *word;
	size_t at;
} lines[] = {
	{ "app-id ", offsetof(struct app, id) },
	{ "client-id ", offsetof(struct app, client_id) },
	{ "api ", offsetof(struct app, api) },
	{ "sign-command ", offsetof(struct app, signer) },
	{ "key-uri ", offsetof(struct app, key_uri) },
};

static void take_line(struct app *app, struct str_view line)
{
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		size_t len = strlen(lines[i].word);
		struct str_view rest = { line.data + len, line.len - len };

		if (line.len > len && memcmp(line.data, lines[i].word, len) == 0)
			memcpy((char *)app + lines[i].at, &rest, sizeof rest);
	}
}

/* The lines, an empty line, the PEM. */
static int take_secret(struct app *app, struct error *err)
{
	const char *rest = buf_str(&app->secret.bytes);
	const char *end = rest + app->secret.bytes.len;

	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len == 0)
			break;
		take_line(app, line);
	}
	if (!rest || (app->id.len == 0 && app->client_id.len == 0))
		return error_set(err, ERROR_DATA,
				 "secret '" SCOPE "%s' does not hold an app", app->name);
	app->pem = (struct str_view){ rest, (size_t)(end - rest) };
	if (app->api.len > 0)
		home_label(app->home, app->api);
	return 0;
}

int app_load(struct app *app, const struct vault *vault, const char *name,
	     struct error *err)
{
	auto_app struct app read = APP_EMPTY;
	auto_free char *secret = str_format(SCOPE "%s", name);

	if (check_name(name, err) < 0 || vault_get(&read.secret, vault, secret, err) < 0)
		return -1;
	if (!read.secret.found)
		return error_set(err, ERROR_ABSENT,
				 "no app '%s': tokenmint app list shows them", name);
	(void)snprintf(read.name, sizeof read.name, "%s",
		       name); /* its length is checked */
	if (take_secret(&read, err) < 0)
		return -1;
	app_wipe(app);
	*app = read;
	read = (struct app)APP_EMPTY;
	return 0;
}

static void add_line(struct buf *text, const char *word, const char *value)
{
	if (value)
		buf_add_format(text, "%s %s\n", word, value);
}

int app_store(const struct vault *vault, const struct app_identity *identity,
	      struct str_view pem, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_secret struct buf text = BUF_EMPTY;
	auto_free char *secret = str_format(SCOPE "%s", identity->name);
	bool is_outside = identity->signer || identity->key_uri;

	if (check_name(identity->name, err) < 0)
		return -1;
	if (!is_outside &&
	    crypto_private_key_read(&key, pem.data ? pem.data : "", pem.len, err) < 0)
		return error_wrap(err, "key of app '%s'", identity->name);
	/* One allocation: no copy of the key stays behind. */
	(void)buf_room(&text, pem.len + RECORD_HEAD_MAX);
	add_line(&text, "app-id", identity->id);
	add_line(&text, "client-id", identity->client_id);
	add_line(&text, "api", identity->api);
	add_line(&text, "sign-command", identity->signer);
	add_line(&text, "key-uri", identity->key_uri);
	buf_add_char(&text, '\n');
	buf_add(&text, pem.data, pem.len);
	return vault_put(vault, secret, (struct str_view){ text.data, text.len }, 0, err);
}

int app_names(struct buf *names, const struct vault *vault, struct error *err)
{
	auto_buf struct buf secrets = BUF_EMPTY;
	const char *rest = NULL;

	if (vault_list(&secrets, vault, SCOPE, err) < 0)
		return -1;
	for (rest = buf_str(&secrets); rest;) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len > strlen(SCOPE))
			buf_add_format(names, "%.*s\n", (int)(line.len - strlen(SCOPE)),
				       line.data + strlen(SCOPE));
	}
	return 0;
}

int app_choose(struct app *app, const struct vault *vault, const char *name,
	       struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	char *end = NULL;

	if (name)
		return app_load(app, vault, name, err);
	if (app_names(&names, vault, err) < 0)
		return -1;
	if (names.len == 0)
		return error_set(
			err, ERROR_CONFIG,
			"no app yet: add one with tokenmint app add NAME --app-id N "
			"--key-file F");
	end = names.data + strcspn(names.data, "\n"); /* each name has one behind it */
	if (end[1] != '\0')
		return error_set(err, ERROR_USAGE,
				 "more than one app: choose with --app NAME");
	*end = '\0';
	return app_load(app, vault, names.data, err);
}

static bool is_view_equal(struct str_view a, struct str_view b)
{
	return a.len > 0 && a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* What an event says about its App; empty views where it does not. */
struct origin {
	struct str_view id;
	struct str_view client_id;
	struct str_view url; /* of the API, and more behind it */
	size_t apps;	     /* how many there are to choose from */
};

/* An App with an API of its own knows its events by it; for the others it may be any. */
static bool is_at_home(const struct app *app, const struct origin *origin)
{
	return app->api.len == 0 || origin->url.len == 0 ||
	       (origin->url.len > app->api.len &&
		memcmp(origin->url.data, app->api.data, app->api.len) == 0 &&
		origin->url.data[app->api.len] == '/');
}

static bool owns(const struct app *app, const struct origin *origin)
{
	if (!is_at_home(app, origin))
		return false;
	if (is_view_equal(app->id, origin->id) ||
	    is_view_equal(app->client_id, origin->client_id))
		return true;
	/* An app known by its client id only: nothing says that it is another. */
	return app->id.len == 0 && origin->client_id.len == 0 && origin->apps == 1;
}

/* The app that owns it; one with an API of its own goes before those without. */
static int pick(struct app *app, const struct vault *vault, struct buf *names,
		const struct origin *origin, struct error *err)
{
	char *name = names->data;

	while (name && *name) {
		auto_app struct app read = APP_EMPTY;
		char *end = name + strcspn(name, "\n");

		*end = '\0';
		if (app_load(&read, vault, name, err) < 0)
			return -1;
		if (owns(&read, origin) && (app->name[0] == '\0' || read.api.len > 0)) {
			app_wipe(app);
			*app = read;
			read = (struct app)APP_EMPTY;
		}
		name = end + 1;
	}
	return 0;
}

int app_of_installation(struct app *app, const struct vault *vault,
			struct str_view installation, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	auto_app struct app found = APP_EMPTY;
	char digits[24] = "";
	struct origin origin = { .id = { digits, 0 } };
	uint64_t id = 0;

	if (json_plain_u64(&id, installation, "app_id"))
		origin.id.len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, id);
	/* Older events have no client_id, and some no URL. */
	(void)json_plain_string(&origin.client_id, installation, "client_id");
	(void)json_plain_string(&origin.url, installation, "access_tokens_url");
	if (app_names(&names, vault, err) < 0)
		return -1;
	for (const char *c = buf_str(&names); *c; c++)
		origin.apps += *c == '\n';
	if (pick(&found, vault, &names, &origin, err) < 0)
		return -1;
	if (found.name[0] == '\0')
		return error_set(err, ERROR_CONFIG,
				 "no app with id %s: add it with tokenmint app add",
				 *digits ? digits : "(none given)");
	app_wipe(app);
	*app = found;
	found = (struct app)APP_EMPTY;
	return 0;
}

char *app_issuer(const struct app *app)
{
	struct str_view issuer = app->id.len > 0 ? app->id : app->client_id;

	return str_format("%.*s", (int)issuer.len, issuer.data);
}
