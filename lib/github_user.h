#ifndef LIB_GITHUB_USER_H
#define LIB_GITHUB_USER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;
struct github;

/* What GitHub says about a person, asked with a token of theirs. */
struct github_user {
	char *id; /* decimal; never changes */
	char *login;
	char *email; /* NULL: not public */
};

#define GITHUB_USER_EMPTY                                                                \
	{                                                                                \
		NULL, NULL, NULL                                                         \
	}
#define auto_github_user __attribute__((cleanup(github_user_free)))

void github_user_free(struct github_user *user);

/* ERROR_ABSENT when GitHub does not take the token. */
int github_user_ask(struct github_user *user, struct github *github,
		    struct str_view token, struct error *err);

/*
 * Append the repositories that GitHub lets the token see, "owner/name" in lines, sorted as GitHub
 * sorts: a person sees with us what they see there.  The list is kept for five minutes in
 * <dir>/<id>, which holds no token; dir is made when it is missing.
 */
#define GITHUB_USER_SEES_MS (INT64_C(5) * 60 * 1000)
#define GITHUB_USER_PAGES_MAX 100 /* of 100 repositories */

struct github_user_view {
	const char *dir;
	const char *id; /* the person's */
	struct str_view token;
	int64_t now_ms;
};

int github_user_repositories(struct buf *names, struct github *github,
			     const struct github_user_view *view, struct error *err);

/* Append the names on one page of the list; *count of them.  ERROR_DATA when it is none. */
int github_user_read_page(struct buf *names, size_t *count, struct str_view page,
			  struct error *err);

#endif
