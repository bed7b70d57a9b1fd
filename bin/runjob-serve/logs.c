#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "bin/runjob-serve/answer.h"
#include "bin/runjob-serve/range.h"
#include "bin/runjob-serve/request.h"
#include "bin/runjob-serve/service.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/str.h"

/* What the query asks for. */
struct wanted {
	bool follow;
	uint64_t from;
	const char *bad; /* a parameter that is none of ours, or has a wrong value */
	const char *why;
};

static void take_parameter(const char *name, const char *value, void *data)
{
	struct wanted *wanted = data;
	struct error err = { 0 };

	if (wanted->bad)
		return;
	if (str_equal(name, "owner"))
		return;
	wanted->bad = name;
	wanted->why = "there is no such parameter";
	if (str_equal(name, "follow")) {
		wanted->follow = str_equal(value, "1");
		wanted->bad = wanted->follow || str_equal(value, "0") ? NULL : name;
		wanted->why = "follow wants 0 or 1";
	} else if (str_equal(name, "from")) {
		if (str_to_u64(&wanted->from, value, 0, INT64_MAX, &err) == 0)
			wanted->bad = NULL;
		wanted->why = "from wants the number of a byte";
	}
}

static int open_log(struct request *request, uint64_t *size, struct error *err)
{
	struct follower *follower = &request->follower;
	struct stat status = { 0 };

	if (request_job(&follower->job, request, err) < 0)
		return -1;
	follower->log =
		openat(follower->job.fd, "log", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (follower->log < 0 && errno == ENOENT)
		return error_set(err, ERROR_ABSENT, "there is no such job");
	if (follower->log < 0 || fstat(follower->log, &status) < 0)
		return error_errno(err, "open '%s/log'", follower->job.dir);
	*size = (uint64_t)status.st_size;
	return 0;
}

static void refuse_range(struct request *request, enum range_kind kind, uint64_t size)
{
	auto_free char *all = str_format("bytes */%" PRIu64, size);

	http_answer_header(request->exchange, "Content-Range", all);
	http_answer_error(request->exchange, 416,
			  kind == RANGE_SEVERAL ? "several_ranges" : "bad_range",
			  kind == RANGE_SEVERAL
				  ? "one range is given at a time"
				  : "there is nothing in that range, or it is none");
}

/* A log has no validator, as it grows: If-Range never matches. */
static void send_part(struct request *request, uint64_t size)
{
	struct http_exchange *exchange = request->exchange;
	struct range range = { 0, size };
	const char *header =
		http_header(exchange, "If-Range") ? NULL : http_header(exchange, "Range");
	enum range_kind kind = range_parse(&range, header, size);
	auto_free char *part = str_format("bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
					  range.first, range.first + range.len - 1, size);

	http_answer_header(exchange, "Accept-Ranges", "bytes");
	if (kind == RANGE_SEVERAL || kind == RANGE_BAD) {
		refuse_range(request, kind, size);
		return;
	}
	if (kind == RANGE_ONE)
		http_answer_header(exchange, "Content-Range", part);
	request->follower.offset = range.first;
	request->follower.left = range.len;
	follower_send(&request->follower, exchange, kind == RANGE_ONE ? 206 : 200);
}

void request_log(struct request *request)
{
	struct http_exchange *exchange = request->exchange;
	struct wanted wanted = { .bad = NULL };
	struct error err = { 0 };
	uint64_t size = 0;

	http_each_query(exchange, take_parameter, &wanted);
	if (!wanted.bad && wanted.from && !wanted.follow) {
		wanted.bad = "from";
		wanted.why = "from goes with follow=1; otherwise use the header Range";
	}
	if (wanted.bad) {
		answer_bad(exchange, wanted.bad, wanted.why);
		return;
	}
	if (open_log(request, &size, &err) < 0) {
		answer_failure(exchange, &err);
		return;
	}
	http_answer_header(exchange, "Cache-Control", "private, no-store");
	request->follower.offset = wanted.from;
	if (!wanted.follow)
		send_part(request, size);
	else if (followers_join(&request->service->followers, &request->follower,
				exchange, &err) < 0)
		answer_failure(exchange, &err);
}
