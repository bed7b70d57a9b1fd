/* What is kept of a login, as JSON in the vault. */
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/identity_record.h"
#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/login.h"
#include "lib/vault.h"

void login_wipe(struct login *login)
{
	if (login->client_secret)
		explicit_bzero(login->client_secret, strlen(login->client_secret));
	free(login->issuer);
	free(login->endpoint);
	free(login->client_id);
	free(login->client_secret);
	free(login->subject);
	free(login->name);
	free(login->email);
	oauth_token_wipe(&login->token);
	*login = (struct login)LOGIN_EMPTY;
}

char *login_name(const char *issuer)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._-";
	const char *host = strstr(issuer, "://") ? strstr(issuer, "://") + 3 : issuer;
	char *name = str_format("user/%.150s", host);

	for (char *p = name + strlen("user/"); *p; p++)
		if (!strchr(allowed, *p))
			*p = '+';
	return name;
}

static void write_bytes(struct json_writer *writer, const char *name,
			const struct buf *bytes)
{
	if (bytes->len > 0)
		json_write_bytes(writer, name, bytes->data, bytes->len);
	else
		json_write_null(writer, name);
}

void login_write(struct buf *out, const struct login *login)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "issuer", login->issuer);
	json_write_bool(&writer, "is_github", login->is_github);
	json_write_string(&writer, "endpoint", login->endpoint);
	json_write_string(&writer, "client_id", login->client_id);
	json_write_string(&writer, "client_secret", login->client_secret);
	json_write_string(&writer, "subject", login->subject);
	json_write_string(&writer, "name", login->name);
	json_write_string(&writer, "email", login->email);
	write_bytes(&writer, "access_token", &login->token.access);
	write_bytes(&writer, "refresh_token", &login->token.refresh);
	identity_record_write_time(&writer, "expires_at", login->token.expires_ms);
	identity_record_write_time(&writer, "refresh_expires_at",
				   login->token.refresh_expires_ms);
	json_write_object_end(&writer);
}

/* A string or null, which leaves it empty. */
static bool read_bytes(struct buf *out, struct str_view record, const char *name)
{
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, record, name))
		return false;
	(void)buf_room(out, raw.len + 1); /* no copy stays behind */
	return str_view_equal(raw, "null") || json_object_text(out, raw);
}

static bool read_facts(struct login *login, struct str_view record)
{
	struct str_view is_github = { NULL, 0 };

	login->is_github = json_object_find(&is_github, record, "is_github") &&
			   str_view_equal(is_github, "true");
	return identity_record_text(&login->issuer, record, "issuer") && login->issuer &&
	       identity_record_text(&login->endpoint, record, "endpoint") &&
	       login->endpoint &&
	       identity_record_text(&login->client_id, record, "client_id") &&
	       login->client_id &&
	       identity_record_text(&login->client_secret, record, "client_secret") &&
	       identity_record_text(&login->subject, record, "subject") &&
	       login->subject && identity_record_text(&login->name, record, "name") &&
	       identity_record_text(&login->email, record, "email") &&
	       read_bytes(&login->token.access, record, "access_token") &&
	       login->token.access.len > 0 &&
	       read_bytes(&login->token.refresh, record, "refresh_token") &&
	       identity_record_time(&login->token.expires_ms, record, "expires_at") &&
	       identity_record_time(&login->token.refresh_expires_ms, record,
				    "refresh_expires_at");
}

int login_read(struct login *login, struct str_view record, struct error *err)
{
	auto_login struct login read = LOGIN_EMPTY;
	const char *problem = NULL;

	if (!json_object_is_sound(record, &problem) || !read_facts(&read, record))
		return error_set(err, ERROR_DENIED, "what is kept is no login");
	login_wipe(login);
	*login = read;
	read = (struct login)LOGIN_EMPTY;
	return 0;
}

int login_save(const struct login *login, const struct vault *vault, const char *name,
	       struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;

	(void)buf_room(&text,
		       4096 + 2 * (login->token.access.len + login->token.refresh.len));
	login_write(&text, login);
	return vault_put(vault, name, (struct str_view){ text.data, text.len }, 0, err);
}

int login_load(struct login *login, bool *found, const struct vault *vault,
	       const char *name, struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (vault_get(&secret, vault, name, err) < 0)
		return -1;
	*found = secret.found;
	if (!secret.found)
		return 0;
	if (login_read(login, (struct str_view){ secret.bytes.data, secret.bytes.len },
		       err) < 0)
		return error_wrap(err, "secret '%s'", name);
	return 0;
}
