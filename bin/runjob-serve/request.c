#include "bin/runjob-serve/request.h"

#include <stdlib.h>

#include "bin/runjob-serve/service.h"
#include "lib/error.h"
#include "lib/http_server.h"

void request_free(struct request *request)
{
	followers_leave(&request->service->followers, &request->follower);
	buf_free(&request->body);
	free(request);
}

bool request_sees_all(const struct request *request)
{
	return request->caller.role == CERTIFICATE_ADMIN ||
	       request->caller.role == CERTIFICATE_VIEWER;
}

/* ?owner= of somebody who may ask for others; else it says nothing. */
static const char *chosen_owner(const struct request *request)
{
	return request_sees_all(request) ? http_query(request->exchange, "owner") : NULL;
}

static int find(struct job *job, bool *found, const struct request *request,
		struct error *err)
{
	const char *owner = chosen_owner(request);
	struct layout layout = request->layout;

	if (owner)
		layout.owner = owner;
	if (job_open(job, found, &layout, request->route.id, err) < 0)
		return -1;
	if (*found || owner || !request_sees_all(request))
		return 0;
	return job_find(job, found, &layout, request->route.id, err);
}

int request_job(struct job *job, const struct request *request, struct error *err)
{
	bool found = false;

	if (find(job, &found, request, err) < 0)
		return -1;
	return found ? 0 : error_set(err, ERROR_ABSENT, "there is no such job");
}
