#include "bin/tokenmint/credential.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/error.h"

struct field {
	const char *name;
	struct str_view *value;
};

static void take_field(struct credential *credential, struct str_view name,
		       struct str_view value)
{
	const struct field fields[] = {
		{ "protocol", &credential->protocol },
		{ "host", &credential->host },
		{ "path", &credential->path },
		{ "username", &credential->username },
		{ "password", &credential->password },
		{ "credential", &credential->header },
	};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (str_view_equal(name, fields[i].name))
			*fields[i].value = value;
	if (str_view_equal(name, "capability[]") && str_view_equal(value, "authtype"))
		credential->knows_authtype = true;
}

/* The next line of rest, which moves behind it. */
static struct str_view take_line(struct str_view *rest)
{
	const char *end = memchr(rest->data, '\n', rest->len);
	size_t len = end ? (size_t)(end - rest->data) : rest->len;
	struct str_view line = { rest->data, len };

	rest->data += len + (end ? 1 : 0);
	rest->len -= len + (end ? 1 : 0);
	return line;
}

int credential_read(struct credential *credential, struct str_view text,
		    struct error *err)
{
	struct credential read = { .knows_authtype = false };

	while (text.len > 0) {
		struct str_view line = take_line(&text);
		const char *sign = NULL;

		if (line.len == 0)
			break;
		sign = memchr(line.data, '=', line.len);
		if (!sign || memchr(line.data, '\0', line.len))
			return error_set(err, ERROR_DATA,
					 "a line of git's request is no KEY=VALUE");
		take_field(&read,
			   (struct str_view){ line.data, (size_t)(sign - line.data) },
			   (struct str_view){
				   sign + 1, line.len - (size_t)(sign + 1 - line.data) });
	}
	*credential = read;
	return 0;
}

static bool is_alike(struct str_view view, const char *text, size_t len)
{
	return view.len == len && strncasecmp(view.data, text, len) == 0;
}

bool credential_is_for(const struct credential *credential, const char *url)
{
	const char *host = strstr(url, "://");

	if (!host || credential->host.len == 0)
		return false;
	return is_alike(credential->protocol, url, (size_t)(host - url)) &&
	       is_alike(credential->host, host + 3, strcspn(host + 3, "/"));
}

char *credential_repository(const struct credential *credential)
{
	auto_free char *path =
		str_format("%.*s", (int)credential->path.len,
			   credential->path.len > 0 ? credential->path.data : "");
	char *owner = path + strspn(path, "/");
	char *name = strchr(owner, '/');
	char *end = NULL;

	if (!name)
		return NULL;
	*name++ = '\0';
	end = name + strcspn(name, "/");
	*end = '\0';
	if (str_ends(name, ".git"))
		name[strlen(name) - 4] = '\0';
	if (!*owner || !*name)
		return NULL;
	return str_format("%s/%s", owner, name);
}
