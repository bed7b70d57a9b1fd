#include "bin/tokenmint/exchange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/github_answer.h"
#include "lib/json_plain.h"

#define SKEW_MS                                                                          \
	30000 /* a refusal with clocks further apart than this is worth a second try */
#define SKEW_SEEN_MS 5000 /* less is the travelling time */
#define TOKEN_MAX 8192

static int call_once(struct github_answer *answer, struct mint *mint,
		     const struct app *app, struct api_request *request,
		     struct error *err)
{
	auto_secret struct buf token = BUF_EMPTY;

	if (app_sign(&token, app, date_now_ms() + mint->clock_offset_ms, err) < 0)
		return -1;
	request->token = (struct str_view){ token.data, token.len };
	return api_call(answer, &mint->api, mint->layout.libexec, request, err);
}

static int call(struct github_answer *answer, struct mint *mint, const char *app_name,
		struct api_request *request, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	int64_t offset_ms = 0;

	mint->limited_s = 0;
	if (app_load(&app, &mint->vault, app_name, err) < 0 ||
	    call_once(answer, mint, &app, request, err) < 0)
		return -1;
	offset_ms = answer->date_ms - date_now_ms();
	if (answer->status == 401 && answer->date_ms != 0 &&
	    llabs(offset_ms - mint->clock_offset_ms) >= SKEW_MS) {
		mint->clock_offset_ms = offset_ms;
		if (call_once(answer, mint, &app, request, err) < 0)
			return -1;
	}
	if (answer->is_limited)
		mint->limited_s = answer->retry_after_s;
	return 0;
}

int exchange_find(struct installation *installation, struct mint *mint,
		  const char *repository, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	auto_free char *path = NULL;
	auto_free char *what = NULL;
	struct api_request request = { .method = "GET" };
	uint64_t id = 0;

	path = repository ? str_format("/repos/%s/%s/installation", installation->owner,
				       repository)
			  : str_format("/users/%s/installation", installation->owner);
	what = str_format("find the installation of '%s'", installation->owner);
	request.path = path;
	if (call(&answer, mint, installation->app, &request, err) < 0)
		return error_wrap(err, "%s", what);
	if (github_answer_check(&answer, what, err) < 0)
		return -1;
	if (!json_plain_u64(&id, (struct str_view){ answer.body.data, answer.body.len },
			    "id") ||
	    id == 0)
		return error_set(err, ERROR_DATA, "%s: GitHub's answer has no id", what);
	installation->id = id;
	return 0;
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
	struct api_request request = { .method = "POST", .path = path, .body = body };

	if (call(&answer, mint, installation->app, &request, err) < 0)
		return error_wrap(err, "%s", what);
	if (github_answer_check(&answer, what, err) < 0)
		return -1;
	return take_token(token, &answer, what, err);
}
