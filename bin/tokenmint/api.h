#ifndef BIN_TOKENMINT_API_H
#define BIN_TOKENMINT_API_H

#include "lib/github_answer.h"
#include "lib/process.h"
#include "lib/str.h"

struct error;

/*
 * The helper program tokenmint-mint at the other end of two pipes: a JSON line with a request
 * goes there, a line with the answer comes back.  The token travels in the pipe, never in
 * arguments or the environment.
 */
struct api {
	struct process process;
	int to;
	int from;
};

#define API_NONE                                                                         \
	{                                                                                \
		PROCESS_NONE, -1, -1                                                     \
	}

struct api_request {
	const char *method;
	const char *path;
	struct str_view token;
	struct str_view body; /* JSON, or nothing */
	struct str_view base; /* of the API; empty: that of the configuration */
};

/* Ask, with the helper in libexec started if it does not run.  Any status is an answer. */
int api_call(struct github_answer *answer, struct api *api, const char *libexec,
	     const struct api_request *request, struct error *err);

/* Close the pipes and wait for its end. */
void api_close(struct api *api);

#endif
