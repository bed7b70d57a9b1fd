#include "lib/login_settings.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"
#include "lib/oidc.h"
#include "lib/oidc_policy.h"

#define TEXT_MAX 1000

/* The members that are strings. */
static const struct member {
	const char *name;
	size_t offset;
	bool wanted;
} members[] = {
	{ "url", offsetof(struct login_settings, url), true },
	{ "client_id", offsetof(struct login_settings, client_id), true },
	{ "client_secret_file", offsetof(struct login_settings, secret_file), false },
	{ "issuer", offsetof(struct login_settings, issuer), false },
	{ "scope", offsetof(struct login_settings, scope), false },
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

void login_settings_free(struct login_settings *settings)
{
	buf_free(&settings->text);
	free(settings->url);
	free(settings->client_id);
	free(settings->secret_file);
	free(settings->issuer);
	free(settings->scope);
	*settings = (struct login_settings)LOGIN_SETTINGS_EMPTY;
}

static bool is_known(struct str_view name)
{
	for (int i = 0; i < MEMBERS; i++)
		if (str_view_equal(name, members[i].name))
			return true;
	return str_view_equal(name, "rules") || str_view_equal(name, "comment");
}

static int check_names(struct str_view object, struct error *err)
{
	struct str_view name = { NULL, 0 };
	struct str_view raw = { NULL, 0 };

	while (json_scan_next(&name, &raw, &object))
		if (!is_known(name))
			return error_set(err, ERROR_CONFIG, "nobody knows its '%.*s'",
					 (int)(name.len > 80 ? 80 : name.len), name.data);
	return 0;
}

/* A string that is not empty and has nothing but characters to be seen, and blanks. */
static bool take_text(char **text, struct str_view raw)
{
	auto_buf struct buf read = BUF_EMPTY;

	if (!json_object_text(&read, raw) || read.len == 0 || read.len > TEXT_MAX)
		return false;
	for (size_t i = 0; i < read.len; i++)
		if ((unsigned char)read.data[i] < ' ' || read.data[i] == '\x7f')
			return false;
	*text = buf_take(&read);
	return true;
}

static int take_members(struct login_settings *settings, struct str_view object,
			struct error *err)
{
	for (int i = 0; i < MEMBERS; i++) {
		char **place = (char **)((char *)settings + members[i].offset);
		struct str_view raw = { NULL, 0 };

		if (!json_object_find(&raw, object, members[i].name)) {
			if (members[i].wanted)
				return error_set(err, ERROR_CONFIG, "it has no '%s'",
						 members[i].name);
			continue;
		}
		if (!take_text(place, raw))
			return error_set(err, ERROR_CONFIG, "its '%s' is no text",
					 members[i].name);
	}
	return 0;
}

/* Cookies are those of a host, and so is what they open. */
static int check_url(struct login_settings *settings, struct error *err)
{
	size_t len = strlen(settings->url);
	const char *host = NULL;
	struct error why = { 0 };

	if (len > 0 && settings->url[len - 1] == '/')
		settings->url[len - 1] = '\0';
	if (oidc_check_issuer(settings->url, &why) < 0)
		return error_set(err, ERROR_CONFIG,
				 "its 'url' wants https://HOST, or http:// for this "
				 "machine, not '%.200s'",
				 settings->url);
	host = strstr(settings->url, "://") + strlen("://");
	if (strchr(host, '/'))
		return error_set(err, ERROR_CONFIG,
				 "its 'url' has a path: the server wants a host, or a "
				 "port, of its own");
	return 0;
}

static int check(struct login_settings *settings, struct error *err)
{
	struct str_view policy = { buf_str(&settings->text), settings->text.len };

	if (check_url(settings, err) < 0)
		return -1;
	if (settings->issuer && oidc_check_issuer(settings->issuer, err) < 0) {
		(void)error_wrap(err, "its 'issuer'");
		err->kind = ERROR_CONFIG;
		return -1;
	}
	if (settings->secret_file && settings->secret_file[0] != '/')
		return error_set(err, ERROR_CONFIG,
				 "its 'client_secret_file' wants a path from the root, "
				 "not '%.200s'",
				 settings->secret_file);
	return oidc_policy_check(policy, err);
}

int login_settings_read(struct login_settings *settings, struct str_view text,
			struct error *err)
{
	auto_login_settings struct login_settings read = LOGIN_SETTINGS_EMPTY;
	const char *problem = NULL;

	if (!json_object_is_sound(text, &problem))
		return error_set(err, ERROR_CONFIG, "it %s", problem);
	buf_add(&read.text, text.data, text.len);
	if (check_names(text, err) < 0 || take_members(&read, text, err) < 0 ||
	    check(&read, err) < 0)
		return -1;
	login_settings_free(settings);
	*settings = read;
	read = (struct login_settings)LOGIN_SETTINGS_EMPTY;
	return 0;
}

int login_settings_load(struct login_settings *settings, const char *path,
			struct error *err)
{
	auto_login_settings struct login_settings read = LOGIN_SETTINGS_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_secret struct buf secret = BUF_EMPTY;

	if (file_read(&text, AT_FDCWD, path, LOGIN_SETTINGS_MAX, err) < 0 ||
	    login_settings_read(&read, (struct str_view){ buf_str(&text), text.len },
				err) < 0 ||
	    login_settings_secret(&secret, &read, err) < 0) {
		(void)error_wrap(err, "settings of the login '%s'", path);
		err->kind = ERROR_CONFIG;
		return -1;
	}
	login_settings_free(settings);
	*settings = read;
	read = (struct login_settings)LOGIN_SETTINGS_EMPTY;
	return 0;
}

/* What root lets us read, as systemd does with credentials, is for us. */
static bool is_private(const struct stat *status)
{
	if (status->st_uid == 0 && geteuid() != 0)
		return (status->st_mode & 0037) == 0;
	return (status->st_mode & 0077) == 0;
}

static int read_secret(struct buf *secret, const char *path, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status = { 0 };

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(err, "open '%s'", path);
	if (!S_ISREG(status.st_mode) || !is_private(&status))
		return error_set(err, ERROR_CONFIG,
				 "'%s' wants to be a file that nobody else may read: "
				 "chmod 600",
				 path);
	if (file_read_fd(secret, fd, LOGIN_SETTINGS_SECRET_MAX, err) < 0)
		return error_wrap(err, "read '%s'", path);
	buf_cut(secret, strcspn(buf_str(secret), "\r\n"));
	if (secret->len == 0)
		return error_set(err, ERROR_CONFIG, "'%s' is empty", path);
	return 0;
}

int login_settings_secret(struct buf *secret, const struct login_settings *settings,
			  struct error *err)
{
	if (!settings->secret_file)
		return 0;
	(void)buf_room(secret, LOGIN_SETTINGS_SECRET_MAX); /* no copies stay behind */
	if (read_secret(secret, settings->secret_file, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "the client's secret");
	}
	return 0;
}

bool login_settings_is_https(const struct login_settings *settings)
{
	return str_starts(settings->url, "https://");
}
