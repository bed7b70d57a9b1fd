#ifndef LIB_LOGIN_SETTINGS_H
#define LIB_LOGIN_SETTINGS_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * How people log in to a server of ours: the file after ghstats serve --login, see ghstats(1).
 * Its members "rules" are a policy of lib/oidc_policy.h, so the text is one, too.
 */
#define LOGIN_SETTINGS_MAX (256 * 1024)
#define LOGIN_SETTINGS_SECRET_MAX 4096

struct login_settings {
	struct buf text; /* as it was read */
	char *url;	 /* the server's public address, without a slash at its end */
	char *client_id;
	char *secret_file; /* NULL: none */
	char *issuer;	   /* NULL: GitHub */
	char *scope;	   /* NULL: the usual one */
};

#define LOGIN_SETTINGS_EMPTY                                                             \
	{                                                                                \
		BUF_EMPTY, NULL, NULL, NULL, NULL, NULL                                  \
	}
#define auto_login_settings __attribute__((cleanup(login_settings_free)))

void login_settings_free(struct login_settings *settings);

/* ERROR_CONFIG says which member is wrong, and how. */
int login_settings_read(struct login_settings *settings, struct str_view text,
			struct error *err);

/* The same from a file; its client's secret must be there, too. */
int login_settings_load(struct login_settings *settings, const char *path,
			struct error *err);

/*
 * Append the client's secret, nothing where there is none.  ERROR_CONFIG when its file cannot be
 * read, is empty, or may be read by others than its owner; one of root's may have a group.
 */
int login_settings_secret(struct buf *secret, const struct login_settings *settings,
			  struct error *err);

/* Is the server reached by https? */
bool login_settings_is_https(const struct login_settings *settings);

#endif
