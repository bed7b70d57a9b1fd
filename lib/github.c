#include "lib/github.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_scan.h"

#define SECONDARY_WAIT_S 60 /* GitHub's advice when a limit does not say how long */
#define RESET_MAX_S 86400
#define FRESH_WAIT_MS 1000

int github_open(struct github *github, const char *base, struct error *err)
{
	if (http_client_open(&github->client, err) < 0)
		return -1;
	github->base = str_dup(base ? base : GITHUB_API);
	while (str_ends(github->base, "/"))
		github->base[strlen(github->base) - 1] = '\0';
	return 0;
}

void github_close(struct github *github)
{
	http_client_close(&github->client);
	free(github->base);
	github->base = NULL;
}

static bool header_u64(uint64_t *number, const struct http_client_response *response,
		       const char *name)
{
	struct str_view value = { NULL, 0 };
	struct error err = { 0 };
	auto_free char *text = NULL;

	if (!http_client_header(&value, response, name))
		return false;
	text = str_format("%.*s", (int)value.len, value.data);
	return str_to_u64(number, text, 0, UINT32_MAX, &err) == 0;
}

static int64_t date_of(const struct http_client_response *response)
{
	struct str_view value = { NULL, 0 };
	auto_free char *text = NULL;
	int64_t date_ms = 0;

	if (!http_client_header(&value, response, "date"))
		return 0;
	text = str_format("%.*s", (int)value.len, value.data);
	return date_parse_http(&date_ms, text) ? date_ms : 0;
}

static bool says_secondary(const struct http_client_response *response)
{
	return memmem(buf_str(&response->body), response->body.len, "secondary rate",
		      14) != NULL;
}

/* GitHub's order: Retry-After, else an empty quota and its reset, else a minute.  A 403 without any
 * of them is a permission that is missing. */
static void judge_limit(struct github_answer *answer,
			const struct http_client_response *response)
{
	uint64_t remaining = 1;
	uint64_t reset_s = 0;
	uint64_t now_s = (uint64_t)answer->date_ms / 1000;
	bool says_when = header_u64(&answer->retry_after_s, response, "retry-after");

	answer->is_limited = response->status == 429;
	if (response->status != 403 && response->status != 429)
		return;
	(void)header_u64(&remaining, response, "x-ratelimit-remaining");
	if (says_when || remaining == 0 || says_secondary(response))
		answer->is_limited = true;
	if (says_when || !answer->is_limited)
		return;
	answer->retry_after_s = SECONDARY_WAIT_S;
	if (remaining == 0 && header_u64(&reset_s, response, "x-ratelimit-reset") &&
	    now_s > 0 && reset_s >= now_s && reset_s - now_s < RESET_MAX_S)
		answer->retry_after_s = reset_s - now_s + 1;
}

/* The body as one line of JSON; a proxy's page of HTML is dropped. */
static void take_body(struct github_answer *answer, struct http_client_response *response)
{
	struct json_scan scan = { 0 };

	json_scan_start(&scan);
	if (response->body.len == 0 ||
	    !json_scan_feed(&scan, response->body.data, response->body.len) ||
	    !json_scan_finish(&scan))
		return;
	answer->body = response->body;
	response->body = (struct buf)BUF_EMPTY;
}

/* Where the next page of a list is: `<https://…>; rel="next"` among others.  Its path is not
 * the one that was asked for, so it is taken as it stands; the token goes nowhere else. */
static int take_next(struct github_answer *answer, const struct github *github,
		     const struct http_client_response *response, struct error *err)
{
	struct str_view link = { NULL, 0 };
	auto_free char *text = NULL;
	char *end = NULL;
	char *url = NULL;

	if (!http_client_header(&link, response, "link"))
		return 0;
	text = str_format("%.*s", (int)link.len, link.data);
	end = strstr(text, ">; rel=\"next\"");
	if (!end)
		return 0;
	*end = '\0';
	url = strrchr(text, '<');
	url = url ? url + 1 : text;
	if (!str_starts(url, github->base) || url[strlen(github->base)] != '/')
		return error_set(err, ERROR_DENIED,
				 "the next page at another origin '%.200s' is refused",
				 url);
	answer->next = str_dup(url + strlen(github->base));
	return 0;
}

static int send_request(struct http_client_response *response, struct github *github,
			const struct github_request *request, struct error *err)
{
	auto_secret struct buf authorization = BUF_EMPTY;
	auto_free char *url = str_format("%s%s", github->base, request->path);
	const char *headers[] = { "Accept: application/vnd.github+json",
				  "X-GitHub-Api-Version: 2022-11-28",
				  "Content-Type: application/json", NULL, NULL };
	const struct http_client_request sent = { .method = request->method,
						  .url = url,
						  .headers = headers,
						  .body = request->body,
						  .limit_bytes = github->limit_bytes };

	if (request->token.len > 0) {
		buf_add_str(&authorization, "Authorization: Bearer ");
		buf_add(&authorization, request->token.data, request->token.len);
		headers[3] = buf_str(&authorization);
	}
	return http_client_send(response, &github->client, &sent, err);
}

/* A copy of a header, NULL when there is none. */
static char *copy_header(const struct http_client_response *response, const char *name)
{
	struct str_view value = { NULL, 0 };

	if (!http_client_header(&value, response, name))
		return NULL;
	return str_format("%.*s", (int)value.len, value.data);
}

/* A token that was minted a moment ago. */
static bool may_be_new(const struct github *github, const struct github_request *request,
		       int status)
{
	return status == 401 && !github->has_worked && request->token.len > 4 &&
	       memcmp(request->token.data, "ghs_", 4) == 0;
}

static int send_patiently(struct http_client_response *response, struct github *github,
			  const struct github_request *request, struct error *err)
{
	if (send_request(response, github, request, err) < 0)
		return -1;
	if (may_be_new(github, request, response->status)) {
		(void)poll(NULL, 0, FRESH_WAIT_MS); /* an early end does no harm */
		http_client_response_wipe(response);
		if (send_request(response, github, request, err) < 0)
			return -1;
	}
	github->has_worked = true;
	return 0;
}

int github_call(struct github_answer *answer, struct github *github,
		const struct github_request *request, struct error *err)
{
	auto_http_client_response struct http_client_response response =
		HTTP_CLIENT_RESPONSE_EMPTY;
	auto_github_answer struct github_answer read = GITHUB_ANSWER_EMPTY;

	if (send_patiently(&response, github, request, err) < 0 ||
	    take_next(&read, github, &response, err) < 0)
		return -1;
	read.forge = github->forge;
	read.status = response.status;
	read.date_ms = date_of(&response);
	read.deprecation = copy_header(&response, "deprecation");
	read.sunset = copy_header(&response, "sunset");
	judge_limit(&read, &response);
	take_body(&read, &response);
	github_answer_wipe(answer);
	*answer = read;
	read = (struct github_answer)GITHUB_ANSWER_EMPTY;
	return 0;
}
