#include "bin/tokenmint/exchange.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint/limit.h"
#include "bin/tokenmint/signer.h"
#include "bin/tokenmint/turn.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/github_answer.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/log.h"
#include "lib/path.h"

#define SKEW_MS 30000	  /* clocks further apart than this are worth a word */
#define SKEW_SEEN_MS 5000 /* less is the travelling time */
#define TOKEN_MAX 8192
#define PAGES_MAX 1000
#define PER_PAGE "100"
#define LISTING "list the installations"

static int call_once(struct github_answer *answer, struct mint *mint,
		     const struct app *app, struct api_request *request,
		     struct error *err)
{
	auto_secret struct buf token = BUF_EMPTY;

	if (signer_sign(&token, app, &mint->layout, date_now_ms() + mint->clock.offset_ms,
			err) < 0)
		return -1;
	request->token = (struct str_view){ token.data, token.len };
	request->base = app->api;
	return api_call(answer, &mint->api, mint->layout.libexec, request, err);
}

/* What the answer's date tells; true when the token was signed with a time that is far off. */
static bool learn_clock(struct clock *clock, const struct app *app,
			const struct github_answer *answer)
{
	int64_t used_ms = clock->offset_ms;
	int64_t offset_ms = 0;

	if (answer->date_ms == 0)
		return false;
	offset_ms = answer->date_ms - date_now_ms();
	if (llabs(offset_ms) >= SKEW_MS && !clock->is_told) {
		log_warning("app '%s': this machine's clock is %lld s %s GitHub's, "
			    "going on with GitHub's time",
			    app->name, (long long)llabs(offset_ms) / 1000,
			    offset_ms > 0 ? "behind" : "ahead of");
		clock->is_told = true;
	}
	if (llabs(offset_ms - used_ms) < SKEW_MS)
		return false;
	clock->offset_ms = offset_ms;
	return true;
}

/* How long others need not ask: the limit, or what is not there or forbidden. */
static uint64_t stands_for(const struct github_answer *answer)
{
	if (answer->is_limited)
		return answer->retry_after_s;
	if (answer->status == 404 || answer->status == 410)
		return TURN_ABSENT_S;
	return answer->status == 403 ? TURN_DENIED_S : 0;
}

static int call_as(struct github_answer *answer, struct mint *mint, const struct app *app,
		   struct api_request *request, struct error *err)
{
	if (!str_equal(mint->clock.home, app->home)) {
		mint->clock = (struct clock){ "", 0, false };
		memcpy(mint->clock.home, app->home, sizeof mint->clock.home);
	}
	if (limit_check(app, &mint->layout, err) < 0 ||
	    call_once(answer, mint, app, request, err) < 0)
		return -1;
	if (learn_clock(&mint->clock, app, answer) && answer->status == 401)
		return call_once(answer, mint, app, request, err);
	return 0;
}

/* What is asked for which app, and what to call that in an error. */
struct question {
	const char *app;
	const char *what;
	struct api_request request;
};

/* The answer, if it is 2xx. */
static int call(struct github_answer *answer, struct mint *mint,
		struct question *question, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	const char *what = question->what;

	mint->stands_s = 0;
	if (app_load(&app, &mint->vault, question->app, err) < 0) {
		/* Only GitHub says that an installation is not there. */
		err->kind = err->kind == ERROR_ABSENT ? ERROR_CONFIG : err->kind;
		return error_wrap(err, "%s", what);
	}
	if (call_as(answer, mint, &app, &question->request, err) < 0)
		return error_wrap(err, "%s", what);
	mint->stands_s = stands_for(answer);
	if (github_answer_check(answer, what, err) == 0)
		return 0;
	if (answer->is_limited)
		limit_set(&app, &mint->layout, answer->retry_after_s, err);
	return -1;
}

int exchange_app(struct github_answer *answer, struct mint *mint, const char *app,
		 struct error *err)
{
	struct question question = { app,
				     "ask GitHub about the App",
				     { .method = "GET", .path = "/app" } };

	return call(answer, mint, &question, err);
}

/* The login of a person or an organisation, the slug of an enterprise. */
static bool read_owner(struct str_view *owner, struct str_view object)
{
	struct str_view account = { NULL, 0 };

	return json_plain_object(&account, object, "account") &&
	       (json_plain_string(owner, account, "login") ||
		json_plain_string(owner, account, "slug"));
}

/* The number, and the owner by the name that GitHub has for it now. */
static int take_installation(struct installation *installation, struct str_view object,
			     const char *what, struct error *err)
{
	struct installation now = *installation;
	struct str_view owner = { NULL, 0 };
	uint64_t id = 0;

	if (!json_plain_u64(&id, object, "id") || id == 0)
		return error_set(err, ERROR_DATA, "%s: GitHub's answer has no id", what);
	now.id = id;
	if (read_owner(&owner, object) && owner.len > 0 && owner.len < sizeof now.owner) {
		memset(now.owner, 0, sizeof now.owner);
		for (size_t i = 0; i < owner.len; i++)
			now.owner[i] = (char)tolower((unsigned char)owner.data[i]);
	}
	if (!path_is_safe_name(now.owner))
		return error_set(err, ERROR_DATA, "%s: '%.100s' is no owner", what,
				 now.owner);
	*installation = now;
	return 0;
}

int exchange_list(struct mint *mint, const struct installation *of,
		  const struct exchange_visit *visit, struct error *err)
{
	auto_free char *path = str_dup("/app/installations?per_page=" PER_PAGE);

	for (int page = 0; path && page < PAGES_MAX; page++) {
		auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
		struct question question = { of->app,
					     LISTING,
					     { .method = "GET", .path = path } };
		struct str_view rest = { NULL, 0 };
		struct str_view object = { NULL, 0 };

		if (call(&answer, mint, &question, err) < 0)
			return -1;
		rest = (struct str_view){ answer.body.data, answer.body.len };
		if (rest.len == 0 || rest.data[0] != '[')
			return error_set(err, ERROR_DATA,
					 LISTING ": GitHub gives no list");
		while (json_scan_element(&object, &rest)) {
			struct installation installation = *of;
			struct str_view owner = { NULL, 0 };

			if (!read_owner(&owner, object))
				continue;
			if (take_installation(&installation, object, LISTING, err) < 0 ||
			    visit->take(visit->context, &installation, object, err) < 0)
				return -1;
		}
		free(path);
		path = answer.next;
		answer.next = NULL;
	}
	return 0;
}

/* An owner in the list; an enterprise is found by its slug in no other way. */
static int match(void *context, const struct installation *listed, struct str_view object,
		 struct error *err)
{
	struct installation *wanted = context;

	(void)object;
	(void)err;
	if (str_equal(wanted->owner, listed->owner))
		wanted->id = listed->id;
	return 0;
}

static int find_listed(struct installation *installation, struct mint *mint,
		       struct error *err)
{
	struct installation wanted = *installation;
	const struct exchange_visit visit = { match, &wanted };
	struct error absent = *err;
	uint64_t stands_s = mint->stands_s;

	wanted.id = 0;
	if (exchange_list(mint, installation, &visit, err) < 0)
		return -1;
	mint->stands_s = stands_s;
	*err = absent;
	if (wanted.id == 0)
		return -1;
	installation->id = wanted.id;
	return 0;
}

int exchange_find(struct installation *installation, struct mint *mint,
		  const char *repository, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *path = NULL;
	auto_free char *what = NULL;
	struct question question = { .app = installation->app };

	path = repository ? str_format("/repos/%s/%s/installation", installation->owner,
				       repository)
			  : str_format("/users/%s/installation", installation->owner);
	what = str_format("find the installation of '%s'", installation->owner);
	question.what = what;
	question.request = (struct api_request){ .method = "GET", .path = path };
	if (call(&answer, mint, &question, err) < 0) {
		if (err->kind != ERROR_ABSENT || repository)
			return -1;
		return find_listed(installation, mint, err);
	}
	return take_installation(installation,
				 (struct str_view){ answer.body.data, answer.body.len },
				 what, err);
}

static bool is_token(struct str_view token)
{
	if (token.len == 0 || token.len > TOKEN_MAX)
		return false;
	for (size_t i = 0; i < token.len; i++)
		if (token.data[i] <= ' ' || token.data[i] > '~')
			return false;
	return true;
}

/* GitHub's clock says when a token ends; ours may differ. */
static int take_token(struct vault_secret *token, const struct github_answer *answer,
		      const char *what, struct error *err)
{
	struct str_view body = { answer->body.data, answer->body.len };
	struct str_view text = { NULL, 0 };
	struct str_view expires = { NULL, 0 };
	auto_free char *date = NULL;
	int64_t now_ms = date_now_ms();
	int64_t expires_ms = 0;

	if (!json_plain_string(&text, body, "token") || !is_token(text) ||
	    !json_plain_string(&expires, body, "expires_at"))
		return error_set(err, ERROR_DATA, "%s: GitHub's answer has no token",
				 what);
	date = str_format("%.*s", (int)expires.len, expires.data);
	if (!date_parse(&expires_ms, date))
		return error_set(err, ERROR_DATA, "%s: '%.40s' is no date", what, date);
	if (answer->date_ms > 0 && llabs(answer->date_ms - now_ms) > SKEW_SEEN_MS)
		expires_ms -= answer->date_ms - now_ms;
	vault_secret_wipe(token);
	buf_add(&token->bytes, text.data, text.len);
	token->found = true;
	token->expires_ms = expires_ms;
	token->stored_ms = now_ms;
	return 0;
}

int exchange_mint(struct vault_secret *token, struct mint *mint,
		  const struct installation *installation, struct str_view body,
		  struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *path = str_format("/app/installations/%" PRIu64 "/access_tokens",
					  installation->id);
	auto_free char *what =
		str_format("mint a token for installation %" PRIu64, installation->id);
	struct question question = { installation->app,
				     what,
				     { .method = "POST", .path = path, .body = body } };

	if (call(&answer, mint, &question, err) < 0)
		return -1;
	return take_token(token, &answer, what, err);
}
