#include "bin/tokenmint/app.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/jwt.h"

#define SCOPE "app/"

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

static void take_line(struct app *app, struct str_view line)
{
	static const char id[] = "app-id ";
	static const char client_id[] = "client-id ";

	if (line.len > strlen(id) && memcmp(line.data, id, strlen(id)) == 0)
		app->id = (struct str_view){ line.data + strlen(id),
					     line.len - strlen(id) };
	if (line.len > strlen(client_id) &&
	    memcmp(line.data, client_id, strlen(client_id)) == 0)
		app->client_id = (struct str_view){ line.data + strlen(client_id),
						    line.len - strlen(client_id) };
}

/* "app-id N" and "client-id C" lines, an empty line, the PEM. */
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

int app_store(const struct vault *vault, const struct app_identity *identity,
	      struct str_view pem, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	auto_secret struct buf text = BUF_EMPTY;
	auto_free char *secret = str_format(SCOPE "%s", identity->name);

	if (check_name(identity->name, err) < 0)
		return -1;
	if (crypto_private_key_read(&key, pem.data ? pem.data : "", pem.len, err) < 0)
		return error_wrap(err, "key of app '%s'", identity->name);
	(void)buf_room(&text,
		       pem.len +
			       300); /* one allocation: no copy of the key stays behind */
	if (identity->id)
		buf_add_format(&text, "app-id %s\n", identity->id);
	if (identity->client_id)
		buf_add_format(&text, "client-id %s\n", identity->client_id);
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

static bool owns(const struct app *app, struct str_view app_id, struct str_view client_id)
{
	return is_view_equal(app->id, app_id) || is_view_equal(app->client_id, client_id);
}

int app_of_installation(struct app *app, const struct vault *vault,
			struct str_view installation, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	char digits[24] = "";
	struct str_view client_id = { NULL, 0 };
	uint64_t id = 0;
	char *name = NULL;

	if (json_plain_u64(&id, installation, "app_id"))
		(void)snprintf(digits, sizeof digits, "%" PRIu64, id);
	(void)json_plain_string(&client_id, installation,
				"client_id"); /* older events have none */
	if (app_names(&names, vault, err) < 0)
		return -1;
	for (name = names.data; name && *name;) {
		char *end = name + strcspn(name, "\n");

		*end = '\0';
		if (app_load(app, vault, name, err) < 0)
			return -1;
		if (owns(app, (struct str_view){ digits, strlen(digits) }, client_id))
			return 0;
		/* An app known by its client id only: nothing says that it is another. */
		if (app->id.len == 0 && client_id.len == 0 && name == names.data &&
		    end[1] == '\0')
			return 0;
		name = end + 1;
	}
	return error_set(err, ERROR_CONFIG,
			 "no app with id %s: add it with tokenmint app add",
			 *digits ? digits : "(none given)");
}

int app_sign(struct buf *token, const struct app *app, int64_t now_ms, struct error *err)
{
	auto_private_key struct crypto_private_key key = CRYPTO_PRIVATE_KEY_NONE;
	struct str_view issuer = app->id.len > 0 ? app->id : app->client_id;
	auto_free char *text = str_format("%.*s", (int)issuer.len, issuer.data);

	if (crypto_private_key_read(&key, app->pem.data, app->pem.len, err) < 0)
		return error_wrap(err, "key of app '%s'", app->name);
	return jwt_sign_app(token, &key, text, now_ms / 1000, err);
}
