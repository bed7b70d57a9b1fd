#include "lib/http_turn.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

#include "lib/http_peer.h"
#include "lib/http_server.h"

enum { READS_MAX = 64, TOOK_MAX_NS = 20000000 };

static int64_t now_ns(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Do several wait, and might others? */
static bool has_company(const struct http_peer *peers)
{
	size_t waiting = 0;
	size_t others = 0;

	for (; peers; peers = peers->next) {
		if (peers->waiting)
			waiting++;
		else
			others++;
	}
	return waiting > 1 && others > 0;
}

static bool comes_in_time(const struct http_turn *turn, int epoll)
{
	struct pollfd ready = { .fd = epoll, .events = POLLIN };
	struct timespec left = { 0, turn->until_ns - now_ns() };

	return left.tv_nsec > 0 && ppoll(&ready, 1, &left, NULL) > 0;
}

bool http_turn_reads_on(struct http_turn *turn, const struct http_peer *peers, int epoll)
{
	bool was_progress = turn->is_progress;

	turn->is_progress = false;
	if (turn->reads++ == 0)
		turn->until_ns = now_ns() + turn->took_ns / 4;
	if (turn->reads >= READS_MAX)
		return false;
	return was_progress || (has_company(peers) && comes_in_time(turn, epoll));
}

void http_turn_take(struct http_turn *turn, const struct http_service *service)
{
	int64_t began = now_ns();

	if (service->turn)
		service->turn(service->context);
	turn->took_ns = now_ns() - began;
	if (turn->took_ns > TOOK_MAX_NS)
		turn->took_ns = TOOK_MAX_NS;
	turn->reads = 0;
}
