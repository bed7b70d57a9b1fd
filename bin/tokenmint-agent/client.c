#include "bin/tokenmint-agent/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/tokenmint-agent/desk.h"
#include "lib/error.h"

#define LINE_LIMIT 16384
#define READ_STEP 16384
#define OUT_LIMIT 65536 /* then it has to read first */
#define IDLE_MS ((int64_t)10 * 60 * 1000)
#define HALF_MS 10000 /* for the rest of a line, and to take an answer */

struct client *client_new(int fd, const struct peer *peer, int64_t now_ms)
{
	struct client *client = calloc(1, sizeof *client);

	if (!client)
		abort();
	client->watch = (struct watch){ WATCH_CLIENT, fd };
	client->peer = *peer;
	client->active_ms = now_ms;
	client->events = EPOLLIN;
	return client;
}

void client_free(struct client *client)
{
	(void)close(client->watch.fd); /* what was not sent nobody wants */
	buf_free(&client->in);
	buf_wipe(&client->out);
	free(client);
}

/* False when the connection is broken. */
static bool take(struct client *client, int64_t now_ms)
{
	ssize_t got = 0;

	if (client->has_ended || client->in.len - client->taken > LINE_LIMIT)
		return true;
	buf_skip(&client->in, client->taken);
	client->taken = 0;
	got = read(client->watch.fd, buf_room(&client->in, READ_STEP), READ_STEP);
	if (got > 0 && !client->is_refused) {
		buf_grew(&client->in, (size_t)got);
		client->active_ms = now_ms;
	}
	if (got == 0)
		client->has_ended = true;
	return got >= 0 || errno == EAGAIN || errno == EINTR;
}

static bool give(struct client *client, int64_t now_ms)
{
	while (client->sent < client->out.len) {
		ssize_t put = send(client->watch.fd, client->out.data + client->sent,
				   client->out.len - client->sent, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == EAGAIN;
		client->sent += (size_t)put;
		client->active_ms = now_ms;
	}
	if (client->out.len > 0)
		explicit_bzero(client->out.data, client->out.len);
	buf_clear(&client->out);
	client->sent = 0;
	if (client->is_refused)
		(void)shutdown(client->watch.fd, SHUT_WR); /* it may be gone */
	return true;
}

static void refuse_length(struct client *client)
{
	struct error err = { 0 };

	(void)error_set(&err, ERROR_DATA, "a request is %d bytes at most", LINE_LIMIT);
	desk_write_error(&client->out, &err);
	client->taken = client->in.len;
	client->is_refused = true;
}

static void answer(struct client *client, struct desk *desk, int64_t now_ms)
{
	client->is_waiting = false;
	while (client->out.len < OUT_LIMIT) {
		const char *line = buf_str(&client->in) + client->taken;
		size_t left = client->in.len - client->taken;
		const char *end = memchr(line, '\n', left);

		if (!end && left > LINE_LIMIT)
			refuse_length(client);
		if (!end)
			return;
		if (!desk_answer(&client->out, desk, &client->peer,
				 (struct str_view){ line, (size_t)(end - line) },
				 now_ms)) {
			client->is_waiting = true;
			return;
		}
		client->taken += (size_t)(end - line) + 1;
	}
}

static bool has_line(const struct client *client)
{
	return memchr(buf_str(&client->in) + client->taken, '\n',
		      client->in.len - client->taken) != NULL;
}

/* What is there to be waited for?  Who does not read is not read from. */
static void watch_for(struct client *client, int epoll)
{
	unsigned events = 0;

	if (client->out.len > client->sent)
		events = EPOLLOUT;
	else if (!client->is_waiting && !client->has_ended)
		events = EPOLLIN;
	if (events != client->events)
		watch_change(&client->watch, epoll, events);
	client->events = events;
}

bool client_serve(struct client *client, struct desk *desk, int epoll, int64_t now_ms)
{
	if (!client->is_waiting && client->out.len == 0 && !take(client, now_ms))
		return false;
	do {
		answer(client, desk, now_ms);
		if (!give(client, now_ms))
			return false;
	} while (client->out.len == 0 && !client->is_waiting && has_line(client));
	watch_for(client, epoll);
	return !client->has_ended || client->is_waiting || client->out.len > 0;
}

bool client_is_idle(const struct client *client, int64_t now_ms)
{
	bool is_half = client->in.len > client->taken || client->out.len > 0 ||
		       client->is_refused;

	if (client->is_waiting)
		return false;
	return now_ms - client->active_ms > (is_half ? HALF_MS : IDLE_MS);
}
