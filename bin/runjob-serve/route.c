#include "bin/runjob-serve/route.h"

#include <string.h>

#include "lib/str.h"

static enum route_kind kind_behind(const char *rest)
{
	if (!*rest)
		return ROUTE_JOB;
	if (str_equal(rest, "/log"))
		return ROUTE_LOG;
	if (str_equal(rest, "/stop"))
		return ROUTE_STOP;
	return ROUTE_NONE;
}

static void find_job(struct route *route, const char *text)
{
	if (strlen(text) < UUID_LEN - 1)
		return;
	memcpy(route->id, text, UUID_LEN - 1);
	route->id[UUID_LEN - 1] = '\0';
	if (uuid_is_valid(route->id))
		route->kind = kind_behind(text + UUID_LEN - 1);
	if (route->kind == ROUTE_NONE)
		route->id[0] = '\0';
}

void route_find(struct route *route, const char *path)
{
	static const char jobs[] = "/jobs";

	*route = (struct route){ .kind = ROUTE_NONE };
	if (str_equal(path, "/openapi.json"))
		route->kind = ROUTE_OPENAPI;
	else if (str_equal(path, jobs))
		route->kind = ROUTE_JOBS;
	else if (str_starts(path, "/jobs/"))
		find_job(route, path + strlen("/jobs/"));
}
