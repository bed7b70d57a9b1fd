#include "bin/runjob-serve/followers.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/http_stream.h"
#include "lib/job_status.h"
#include "lib/log.h"
#include "lib/str.h"

enum {
	NEWS = IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE,
	LOOK_AGAIN_NS = 5000000,
	LOOKS = 40
};

static const char type[] = "application/octet-stream";

/* A job that nobody brings to its end has ended for who reads its log. */
static void look(struct follower *follower)
{
	struct job_status status = { 0 };
	struct error err = { 0 };
	bool found = false;
	bool alive = true;

	if (job_status_now(&status, &found, &follower->job, &err) < 0 ||
	    (found && status.state == JOB_QUEUED &&
	     job_has_supervisor(&alive, &follower->job, &err) < 0)) {
		log_error("follow job '%s': %s", follower->job.id, err.message);
		follower->is_over = true;
	}
	if (!found || job_state_is_final(status.state))
		follower->is_over = true;
}

/* In this order: once it was over, what is read is all. */
static ssize_t read_on(void *context, char *bytes, size_t room)
{
	struct follower *follower = context;
	bool is_over = follower->is_over;
	ssize_t got = pread(follower->log, bytes, room, (off_t)follower->offset);

	if (got < 0) {
		log_error("read the log of job '%s': %s", follower->job.id,
			  strerror(errno));
		return HTTP_STREAM_BROKEN;
	}
	follower->offset += (uint64_t)got;
	if (got > 0)
		return got;
	return is_over ? HTTP_STREAM_END : HTTP_STREAM_LATER;
}

static ssize_t read_piece(void *context, char *bytes, size_t room)
{
	struct follower *follower = context;
	size_t wanted = room < follower->left ? room : (size_t)follower->left;
	ssize_t got = pread(follower->log, bytes, wanted, (off_t)follower->offset);

	/* It was there: somebody cut it off. */
	if (got <= 0)
		return HTTP_STREAM_BROKEN;
	follower->offset += (uint64_t)got;
	follower->left -= (uint64_t)got;
	return got;
}

void follower_send(struct follower *follower, struct http_exchange *exchange,
		   unsigned status)
{
	const struct http_stream stream = { follower, read_piece };

	http_answer_stream(exchange, status, type, &stream, follower->left);
}

static void arm(const struct followers *followers, long ns)
{
	const struct itimerspec time = { .it_value = { .tv_nsec = ns } };

	(void)timerfd_settime(followers->timer, 0, &time, NULL);
}

static void wake(struct followers *followers, const struct inotify_event *event)
{
	bool is_log = event->len && str_equal(event->name, "log");
	bool is_lock = event->len && str_equal(event->name, "lock");
	bool is_status = event->len && str_equal(event->name, "status.json");
	bool is_all = event->mask & IN_Q_OVERFLOW;

	if (!is_log && !is_lock && !is_status && !is_all)
		return;
	for (struct follower *each = followers->first; each; each = each->next) {
		if (each->watch != event->wd && !is_all)
			continue;
		if (!is_log)
			look(each);
		http_stream_wake(each->exchange);
	}
	if (is_lock) {
		/* The kernel tells of a close just before it gives the lock away. */
		followers->looks = LOOKS;
		arm(followers, LOOK_AGAIN_NS);
	}
}

static void on_news(void *context)
{
	struct followers *followers = context;
	char bytes[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	while ((got = read(followers->inotify, bytes, sizeof(bytes))) > 0) {
		const char *p = bytes;

		while (p < bytes + got) {
			const struct inotify_event *event = (const void *)p;

			wake(followers, event);
			p += sizeof(*event) + event->len;
		}
	}
}

static void on_timer(void *context)
{
	struct followers *followers = context;
	uint64_t times = 0;

	if (read(followers->timer, &times, sizeof(times)) < 0)
		return;
	for (struct follower *each = followers->first; each; each = each->next) {
		look(each);
		if (each->is_over)
			http_stream_wake(each->exchange);
	}
	if (--followers->looks > 0)
		arm(followers, LOOK_AGAIN_NS);
}

int followers_open(struct followers *followers, struct error *err)
{
	followers->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	followers->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (followers->inotify < 0 || followers->timer < 0)
		return error_errno(err, "watch jobs");
	return 0;
}

int followers_watch(struct followers *followers, struct http_server *server,
		    struct error *err)
{
	const struct http_watch news = { followers->inotify, on_news, followers };
	const struct http_watch timer = { followers->timer, on_timer, followers };

	if (http_server_watch(server, &news, err) < 0)
		return -1;
	return http_server_watch(server, &timer, err);
}

void followers_close(struct followers *followers)
{
	cleanup_close(&followers->inotify);
	cleanup_close(&followers->timer);
}

int followers_join(struct followers *followers, struct follower *follower,
		   struct http_exchange *exchange, struct error *err)
{
	const struct http_stream stream = { follower, read_on };

	follower->watch = inotify_add_watch(followers->inotify, follower->job.dir, NEWS);
	if (follower->watch < 0)
		return error_errno(err, "watch '%s'", follower->job.dir);
	follower->exchange = exchange;
	follower->next = followers->first;
	if (follower->next)
		follower->next->previous = follower;
	followers->first = follower;
	follower->is_listed = true;
	look(follower);
	http_answer_stream(exchange, 200, type, &stream, HTTP_STREAM_UNKNOWN);
	return 0;
}

/* All that follow a job share the kernel's one watch of its folder. */
static bool is_shared(const struct followers *followers, int watch)
{
	for (const struct follower *each = followers->first; each; each = each->next) {
		if (each->watch == watch)
			return true;
	}
	return false;
}

static void unlist(struct followers *followers, struct follower *follower)
{
	if (follower->next)
		follower->next->previous = follower->previous;
	if (follower->previous)
		follower->previous->next = follower->next;
	else
		followers->first = follower->next;
	if (!is_shared(followers, follower->watch))
		(void)inotify_rm_watch(followers->inotify, follower->watch);
}

void followers_leave(struct followers *followers, struct follower *follower)
{
	if (follower->is_listed)
		unlist(followers, follower);
	cleanup_close(&follower->log);
	job_close(&follower->job);
	*follower = (struct follower)FOLLOWER_NONE;
}
