#ifndef LIB_GITHUB_H
#define LIB_GITHUB_H

#include "lib/github_answer.h"
#include "lib/http_client.h"
#include "lib/str.h"

struct error;

/*
 * GitHub's REST API, and others that speak alike: one call, one answer.  base is https://api.github.com, or
 * https://HOST/api/v3 of an Enterprise server, or a server on this machine for tests.
 */
#define GITHUB_API "https://api.github.com"

struct github {
	struct http_client client;
	char *base;	    /* without a slash at its end */
	const char *forge;  /* what to call it in messages; NULL: GitHub */
	size_t limit_bytes; /* of an answer; 0: as http_client has it */
	bool has_worked; /* a token was taken: a refusal is no longer for its being new */
};

#define GITHUB_NONE                                                                      \
	{                                                                                \
		HTTP_CLIENT_NONE, NULL, NULL, 0, false                                   \
	}
#define auto_github __attribute__((cleanup(github_close)))

struct github_request {
	const char *method;
	const char *path;      /* "/repos/acme/site/check-runs" */
	struct str_view token; /* a JSON Web Token or an installation's token */
	struct str_view body;  /* JSON, or nothing */
};

/* base NULL: GITHUB_API. */
int github_open(struct github *github, const char *base, struct error *err);
void github_close(struct github *github);

/* GitHub may not know an installation's token everywhere at once: the first 401 for one is asked
 * again a second later.  Any status is an answer; github_answer_check judges it.  Fails as http_client_send does, and
 * with ERROR_DENIED where the next page would be at another origin. */
int github_call(struct github_answer *answer, struct github *github,
		const struct github_request *request, struct error *err);

#endif
