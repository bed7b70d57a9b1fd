#include "bin/hookroute/consumer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/consumer_down.h"
#include "bin/hookroute/consumer_file.h"
#include "bin/hookroute/consumer_process.h"
#include "bin/hookroute/consumer_renew.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/str.h"

enum {
	OUTPUT_AHEAD = 1 << 20, /* bytes written ahead of what the pipe takes */
	REPLY_MAX = 1 << 20,
	READ_STEP = 65536,
	DEATHS_MAX = 3,	  /* on one value: then it is the value's fault */
	RESTARTS_MAX = 9, /* without a reply: then it is the consumer's */
	STALLED_MS = 5000,
	DELAY_MS = 100,
	DELAY_MAX_MS = 30000,
	FINISH_MS = 5000,
};

int consumer_open(struct consumer **consumer, const char *name,
		  const struct layout *layout, struct error *err)
{
	struct consumer *made = calloc(1, sizeof(*made));

	if (!made)
		abort();
	made->name = str_dup(name);
	made->to = -1;
	made->from = -1;
	made->ahead = 1;
	made->process = (struct process)PROCESS_NONE;
	if (consumer_file_read(&made->file, name, layout, err) < 0) {
		consumer_close(made);
		return -1;
	}
	*consumer = made;
	return 0;
}

void consumer_use_retry(struct consumer *consumer, const struct retry *retry)
{
	uint64_t expire_ms = consumer->file.retry.expire_ms;

	consumer->common = retry;
	if (consumer->file.has_retry)
		return;
	consumer->file.retry = *retry;
	consumer->file.retry.expire_ms = expire_ms;
}

void consumer_add(struct consumer *consumer, struct consumer_value *value, int64_t now_ms)
{
	value->added_ms = now_ms;
	if (consumer_down_refuses(consumer, value, now_ms))
		return;
	if (!consumer->sent.first && !consumer->waiting.first)
		consumer->alive_ms = now_ms;
	consumer_queue_push(&consumer->waiting, value);
}

static void settle_first(struct consumer *consumer, const struct reply *reply)
{
	struct consumer_value *value = consumer_queue_pop(&consumer->sent);

	consumer->suspects -= consumer->suspects > 0;
	value->settled(value, reply);
}

/* What had no reply goes back in front, in its order. */
static void take_back(struct consumer *consumer)
{
	consumer_queue_prepend(&consumer->waiting, &consumer->sent);
}

static void delay_start(struct consumer *consumer, int64_t now_ms)
{
	unsigned doublings = consumer->restarts < RESTARTS_MAX
				     ? consumer->restarts % DEATHS_MAX
				     : consumer->restarts;
	int64_t delay = doublings < 9 ? (int64_t)DELAY_MS << doublings : DELAY_MAX_MS;

	consumer->restarts++;
	consumer->start_ms = now_ms + (delay < DELAY_MAX_MS ? delay : DELAY_MAX_MS);
}

/* One that ends over and over on the same value cannot take it now: its turn is over. */
static void blame(struct consumer *consumer, int64_t now_ms)
{
	const struct reply reply = { CONSUMER_TEMPORARY, consumer->trouble, 0 };
	struct consumer_value *first = consumer->waiting.first;

	if (!first)
		return;
	if (consumer->died_on != first)
		consumer->deaths = 0;
	consumer->died_on = first;
	if (++consumer->deaths < DEATHS_MAX && !consumer->down)
		return;
	consumer->died_on = NULL;
	consumer->deaths = 0;
	consumer->suspects -= consumer->suspects > 0;
	(void)consumer_queue_pop(&consumer->waiting);
	first->settled(first, &reply);
	consumer_down_note(consumer, &reply, now_ms);
}

/* It is killed for this: that is its trouble then, and not the signal. */
static void complain(struct consumer *consumer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(struct consumer *consumer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(consumer->complaint, sizeof(consumer->complaint), format, args);
	va_end(args);
	log_warning("%s: %s, killing it", consumer->name, consumer->complaint);
}

static void bury(struct consumer *consumer, int64_t now_ms)
{
	if (consumer_renew_took(consumer))
		return;
	consumer_process_end(consumer);
	if (consumer->complaint[0])
		memcpy(consumer->trouble, consumer->complaint, sizeof(consumer->trouble));
	consumer->complaint[0] = '\0';
	consumer->ends++;
	consumer->suspects = consumer->sent.count;
	take_back(consumer);
	if (consumer->waiting.first)
		log_warning("%s: %s, starting it again", consumer->name,
			    consumer->trouble);
	delay_start(consumer, now_ms);
	blame(consumer, now_ms);
}

static void start_or_blame(struct consumer *consumer, int64_t now_ms)
{
	struct error err = { 0 };

	if (consumer_process_start(consumer, &err) == 0)
		return;
	snprintf(consumer->trouble, sizeof(consumer->trouble), "%.150s", err.message);
	log_warning("%s: %s", consumer->name, err.message);
	delay_start(consumer, now_ms);
	blame(consumer, now_ms);
}

static void expect_reply(struct consumer *consumer, int64_t now_ms)
{
	consumer->reply_ms = now_ms + (int64_t)consumer->file.timeout_ms;
}

/* One of several that were with it made it end: one at a time shows which. */
static bool may_take(const struct consumer *consumer)
{
	uint64_t most =
		consumer->suspects || consumer->down ? 1 : consumer->file.in_flight;

	return consumer->waiting.first && consumer->sent.count < most &&
	       consumer->output.len < OUTPUT_AHEAD;
}

static const struct reply stale = { CONSUMER_SUPERSEDED,
				    "a newer one of its lane takes its place", 0 };

void consumer_feed(struct consumer *consumer, int64_t now_ms)
{
	if (consumer_renew_waits(consumer, now_ms))
		return;
	if (consumer->to < 0 && consumer->waiting.first && now_ms >= consumer->start_ms)
		start_or_blame(consumer, now_ms);
	/* Others need not wait for one that is broken. */
	if (consumer->to < 0 && consumer->restarts >= RESTARTS_MAX && !consumer->down)
		consumer_down(consumer, now_ms);
	if (consumer->to < 0)
		return;
	while (may_take(consumer)) {
		struct consumer_value *value = consumer_queue_pop(&consumer->waiting);

		if (value->stale) {
			value->settled(value, &stale);
			continue;
		}
		if (!consumer->sent.first)
			expect_reply(consumer, now_ms);
		value->write(value, &consumer->output);
		consumer_queue_push(&consumer->sent, value);
	}
}

void consumer_poll(const struct consumer *consumer,
		   struct pollfd fds[static CONSUMER_FDS])
{
	/* It may have ended while a child of its own keeps the pipe open. */
	fds[2] = (struct pollfd){ consumer->process.pidfd, POLLIN, 0 };
	fds[0] = (struct pollfd){ consumer->from, POLLIN, 0 };
	fds[1] = (struct pollfd){ consumer->output.len ? consumer->to : -1, POLLOUT, 0 };
}

static void write_output(struct consumer *consumer)
{
	ssize_t put = write(consumer->to, consumer->output.data + consumer->written,
			    consumer->output.len - consumer->written);

	/* A closed pipe shows on its stdout as well, and is dealt with there. */
	if (put > 0)
		consumer->written += (size_t)put;
	else if (errno == EPIPE)
		consumer->written = consumer->output.len;
	if (consumer->written == consumer->output.len) {
		buf_clear(&consumer->output);
		consumer->written = 0;
	}
}

/* A reply that is none, or to nothing, breaks the contract: nothing can be matched after. */
static bool take_reply(struct consumer *consumer, struct str_view line, int64_t now_ms)
{
	auto_free char *message = NULL;
	struct reply reply = { CONSUMER_OK, NULL, 0 };
	struct error err = { 0 };

	if (!consumer->sent.first) {
		complain(consumer, "a reply to nothing");
		return false;
	}
	if (reply_read(&reply, &message, line, &err) < 0) {
		complain(consumer, "its reply is no reply: %.100s", err.message);
		return false;
	}
	consumer->restarts = 0;
	settle_first(consumer, &reply);
	consumer_down_note(consumer, &reply, now_ms);
	return true;
}

static bool take_replies(struct consumer *consumer, int64_t now_ms)
{
	size_t taken = 0;
	char *end;

	while ((end = memchr(consumer->input.data + taken, '\n',
			     consumer->input.len - taken))) {
		struct str_view line = { consumer->input.data + taken,
					 (size_t)(end - consumer->input.data) - taken };

		taken += line.len + 1;
		if (!take_reply(consumer, line, now_ms))
			return false;
		expect_reply(consumer, now_ms);
		consumer->alive_ms = now_ms;
	}
	buf_skip(&consumer->input, taken);
	if (consumer->input.len > REPLY_MAX)
		complain(consumer, "a reply of more than 1 MB");
	return consumer->input.len <= REPLY_MAX;
}

static void read_input(struct consumer *consumer, bool ended, int64_t now_ms)
{
	ssize_t got =
		read(consumer->from, buf_room(&consumer->input, READ_STEP), READ_STEP);

	if (got > 0) {
		buf_grew(&consumer->input, (size_t)got);
		if (!take_replies(consumer, now_ms))
			bury(consumer, now_ms);
	} else if (got == 0 || ended || (errno != EAGAIN && errno != EINTR)) {
		bury(consumer, now_ms);
	}
}

static void check_time(struct consumer *consumer, int64_t now_ms)
{
	if (consumer->from >= 0 && consumer->to < 0 && now_ms >= consumer->reply_ms)
		bury(consumer, now_ms);
	if (consumer->from < 0 || !consumer->sent.first || now_ms < consumer->reply_ms)
		return;
	complain(consumer, "no reply for %llu s",
		 (unsigned long long)consumer->file.timeout_ms / 1000);
	bury(consumer, now_ms);
}

void consumer_work(struct consumer *consumer,
		   const struct pollfd fds[static CONSUMER_FDS], int64_t now_ms)
{
	if (fds[1].revents && consumer->to >= 0)
		write_output(consumer);
	if ((fds[0].revents || fds[2].revents) && consumer->from >= 0)
		read_input(consumer, fds[2].revents != 0, now_ms);
	check_time(consumer, now_ms);
}

int64_t consumer_wake_ms(const struct consumer *consumer)
{
	if (consumer->from >= 0 && (consumer->sent.first || consumer->to < 0))
		return consumer->reply_ms;
	return consumer->to < 0 && consumer->waiting.first ? consumer->start_ms
							   : INT64_MAX;
}

bool consumer_is_stalled(const struct consumer *consumer, int64_t now_ms)
{
	return (consumer->sent.first || consumer->waiting.first) &&
	       now_ms - consumer->alive_ms >= STALLED_MS;
}

void consumer_shift(struct consumer *consumer, int64_t by_ms)
{
	consumer->start_ms += by_ms;
	consumer->reply_ms += by_ms;
	consumer->alive_ms += by_ms;
	consumer->probe_ms += by_ms;
}

void consumer_finish(struct consumer *consumer)
{
	struct pollfd ended = { consumer->process.pidfd, POLLIN, 0 };

	cleanup_close(&consumer->to);
	consumer->to = -1;
	if (consumer->process.pid > 0)
		(void)poll(&ended, 1, FINISH_MS);
}

void consumer_close(struct consumer *consumer)
{
	consumer_process_end(consumer);
	consumer_file_free(&consumer->file);
	consumer_file_free(&consumer->next_file);
	buf_free(&consumer->output);
	buf_free(&consumer->input);
	kept_free(&consumer->kept);
	free(consumer->name);
	free(consumer);
}
