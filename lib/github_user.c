#include "lib/github_user.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/github.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/path.h"

#define PER_PAGE 100
#define LIST_MAX ((size_t)GITHUB_USER_PAGES_MAX * PER_PAGE * 200)

void github_user_free(struct github_user *user)
{
	free(user->id);
	free(user->login);
	free(user->email);
	*user = (struct github_user)GITHUB_USER_EMPTY;
}

static int call(struct github_answer *answer, struct github *github, const char *path,
		struct str_view token, struct error *err)
{
	const struct github_request request = { .method = "GET",
						.path = path,
						.token = token };

	if (github_call(answer, github, &request, err) < 0)
		return -1;
	if (answer->status == 401)
		return error_set(err, ERROR_ABSENT,
				 "GitHub does not take the token any more: tokenmint "
				 "login");
	return github_answer_check(answer, path, err);
}

static char *take_text(struct str_view object, const char *name)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (!json_object_find(&raw, object, name) || !json_object_text(&text, raw) ||
	    text.len == 0 || memchr(text.data, 0, text.len))
		return NULL;
	return buf_take(&text);
}

int github_user_ask(struct github_user *user, struct github *github,
		    struct str_view token, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct github_user read = GITHUB_USER_EMPTY;
	struct str_view body = { NULL, 0 };
	const char *problem = NULL;
	uint64_t id = 0;

	if (call(&answer, github, "/user", token, err) < 0)
		return -1;
	body = (struct str_view){ buf_str(&answer.body), answer.body.len };
	if (!json_object_is_sound(body, &problem) || !json_plain_u64(&id, body, "id"))
		return error_set(err, ERROR_DATA, "/user: the answer makes no sense");
	read.login = take_text(body, "login");
	if (!read.login)
		return error_set(err, ERROR_DATA, "/user: the answer has no login");
	read.email = take_text(body, "email");
	read.id = str_format("%" PRIu64, id);
	github_user_free(user);
	*user = read;
	return 0;
}

int github_user_read_page(struct buf *names, size_t *count, struct str_view page,
			  struct error *err)
{
	struct str_view repository = { NULL, 0 };
	struct str_view name = { NULL, 0 };
	size_t found = 0;

	while (page.len > 0 && (page.data[0] == ' ' || page.data[0] == '\n'))
		page = (struct str_view){ page.data + 1, page.len - 1 };
	if (!json_plain_is_valid(page) || page.data[0] != '[')
		return error_set(err, ERROR_DATA, "the list of repositories is none");
	for (; json_scan_element(&repository, &page); found++) {
		auto_free char *text = NULL;

		if (!json_plain_string(&name, repository, "full_name"))
			return error_set(err, ERROR_DATA, "a repository has no name");
		text = str_format("%.*s", (int)name.len, name.data);
		if (!str_is_name(text) || !strchr(text, '/'))
			return error_set(err, ERROR_DATA, "'%.80s' is no repository",
					 text);
		buf_add_format(names, "%s\n", text);
	}
	*count = found;
	return 0;
}

static int ask_all(struct buf *names, struct github *github, struct str_view token,
		   struct error *err)
{
	size_t count = PER_PAGE;

	for (int page = 1; count == PER_PAGE && page <= GITHUB_USER_PAGES_MAX; page++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		auto_free char *path =
			str_format("/user/repos?per_page=%d&page=%d", PER_PAGE, page);

		if (call(&answer, github, path, token, err) < 0 ||
		    github_user_read_page(
			    names, &count,
			    (struct str_view){ buf_str(&answer.body), answer.body.len },
			    err) < 0)
			return -1;
	}
	return 0;
}

/* Is there a list that is young enough? */
static bool read_kept(struct buf *names, int dir, const struct github_user_view *view)
{
	struct stat status = { 0 };
	struct error ignored = { 0 };
	bool found = false;
	int64_t age_ms = 0;

	if (fstatat(dir, view->id, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	age_ms = view->now_ms - (int64_t)status.st_mtim.tv_sec * 1000;
	if (age_ms < -1000 || age_ms >= GITHUB_USER_SEES_MS)
		return false;
	return file_read_if(names, &found, dir, view->id, LIST_MAX, &ignored) == 0 &&
	       found;
}

int github_user_repositories(struct buf *names, struct github *github,
			     const struct github_user_view *view, struct error *err)
{
	auto_close int dir = -1;
	auto_buf struct buf read = BUF_EMPTY;

	if (!path_is_safe_name(view->id))
		return error_set(err, ERROR_BUG, "'%.80s' is nobody", view->id);
	if (file_make_dirs(view->dir, 0700, err) < 0 ||
	    file_open_dir(&dir, AT_FDCWD, view->dir, err) < 0)
		return -1;
	if (!read_kept(&read, dir, view)) {
		buf_clear(&read);
		if (ask_all(&read, github, view->token, err) < 0 ||
		    file_replace(dir, view->id, buf_str(&read), read.len, 0600, err) < 0)
			return -1;
	}
	buf_add(names, read.data, read.len);
	return 0;
}
