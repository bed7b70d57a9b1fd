#include "bin/ghstats/ingest.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bin/ghstats/store.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/lines.h"
#include "lib/log.h"
#include "lib/reply.h"

enum { LINE_LIMIT = 32 << 20, BATCH_LINES = 1024, BATCH_BYTES = 16 << 20 };

struct reply {
	enum line_kind kind;
	struct store_result result;
	struct error err; /* ERROR_NONE: it is stored, or will be with its batch */
};

struct ingest {
	struct store store;
	struct lines lines;
	int signals;
	bool is_open;	     /* a transaction is */
	struct error failed; /* of the database, in this batch */
	struct reply replies[BATCH_LINES];
	size_t count;
	size_t bytes;
};

static int watch_signals(struct ingest *ingest, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	ingest->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ingest->signals < 0)
		return error_errno(err, "watch signals");
	return 0;
}

/* Wait for a whole line or the end of the input; false when we are asked to stop. */
static bool wait_for_line(struct ingest *ingest)
{
	struct pollfd watched[] = { { ingest->signals, POLLIN, 0 },
				    { ingest->lines.fd, POLLIN, 0 } };
	bool ready = lines_is_ready(&ingest->lines);

	while (poll(watched, 2, ready ? 0 : -1) >= 0 || !ready) {
		if (watched[0].revents)
			return false;
		/* An input that is no descriptor fails when it is read. */
		if (ready || (watched[1].revents & (POLLERR | POLLNVAL)))
			return true;
		ready = lines_is_ready(&ingest->lines);
	}
	return true;
}

static void begin(struct ingest *ingest)
{
	if (store_begin(&ingest->store, &ingest->failed) == 0)
		ingest->is_open = true;
}

/* All lines of the batch that were well so far share what befell the database. */
static void lose_batch(struct ingest *ingest)
{
	store_rollback(&ingest->store);
	ingest->is_open = false;
	log_warning("lines not stored: %s", ingest->failed.message);
	for (size_t i = 0; i < ingest->count; i++) {
		struct reply *reply = &ingest->replies[i];

		if (reply->err.kind == ERROR_NONE && reply->kind != LINE_IGNORED)
			reply->err = ingest->failed;
	}
}

static int take_line(struct reply *reply, struct ingest *ingest, struct str_view text)
{
	struct line line = { 0 };
	bool lost = false;

	if (line_read(&line, text, &reply->err) < 0)
		return -1;
	reply->kind = line.kind;
	if (line.kind == LINE_IGNORED || ingest->failed.kind != ERROR_NONE)
		return 0;
	if (!ingest->is_open)
		begin(ingest);
	if (!ingest->is_open ||
	    store_line(&reply->result, &lost, &ingest->store, &line, &reply->err) == 0)
		return 0;
	if (lost)
		ingest->failed = reply->err;
	return -1;
}

static void write_reply(struct buf *out, const struct reply *reply)
{
	static const char *const names[LINE_KINDS] = {
		[LINE_RUN] = "workflow_runs",
		[LINE_JOB] = "jobs",
		[LINE_LOCAL_JOB] = "local_jobs",
	};
	struct json_writer writer = JSON_WRITER(out);
	if (reply->err.kind != ERROR_NONE) {
		reply_write_failure(out, &reply->err);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", true);
	if (reply->kind == LINE_IGNORED) {
		json_write_bool(&writer, "ignored", true);
	} else {
		json_write_u64(&writer, names[reply->kind], reply->result.stored);
		if (reply->result.refused)
			json_write_u64(&writer, "refused", reply->result.refused);
	}
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int finish_batch(struct ingest *ingest, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;

	if (ingest->is_open && ingest->failed.kind == ERROR_NONE &&
	    store_commit(&ingest->store, &ingest->failed) == 0)
		ingest->is_open = false;
	if (ingest->failed.kind != ERROR_NONE)
		lose_batch(ingest);
	for (size_t i = 0; i < ingest->count; i++)
		write_reply(&out, &ingest->replies[i]);
	log_debug("answered %zu lines", ingest->count);
	ingest->count = ingest->bytes = 0;
	ingest->failed = (struct error){ 0 };
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

static void refuse(const struct reply *reply)
{
	log_warning("line refused: %s", reply->err.message);
}

/* One line, and its reply; *found is false at the end of the input. */
static int take_next(struct ingest *ingest, bool *found, struct error *err)
{
	struct reply *reply = &ingest->replies[ingest->count];
	struct str_view text = { NULL, 0 };

	*reply = (struct reply){ .kind = LINE_IGNORED };
	if (lines_next(&text, found, &ingest->lines, &reply->err) < 0) {
		if (reply->err.kind != ERROR_DATA) {
			*err = reply->err;
			return -1;
		}
		refuse(reply);
		ingest->count++;
		return 0;
	}
	if (!*found)
		return 0;
	ingest->count++;
	ingest->bytes += text.len;
	if (take_line(reply, ingest, text) < 0)
		refuse(reply);
	return 0;
}

/* Take what has come, without waiting for more. */
static int take_batch(struct ingest *ingest, bool *ended, struct error *err)
{
	bool found = true;

	do {
		if (take_next(ingest, &found, err) < 0)
			return -1;
	} while (found && ingest->count < BATCH_LINES && ingest->bytes < BATCH_BYTES &&
		 lines_is_ready(&ingest->lines));
	*ended = !found;
	return finish_batch(ingest, err);
}

static int run(struct ingest *ingest, const struct layout *layout, struct error *err)
{
	bool ended = false;

	if (store_open(&ingest->store, layout, err) < 0 || watch_signals(ingest, err) < 0)
		return -1;
	while (!ended && wait_for_line(ingest)) {
		if (take_batch(ingest, &ended, err) < 0)
			return -1;
	}
	return 0;
}

int ingest(const struct layout *layout, struct error *err)
{
	struct ingest *state = calloc(1, sizeof(*state));
	int status;

	if (!state)
		return error_errno(err, "make room for lines");
	state->lines = (struct lines)LINES(STDIN_FILENO, LINE_LIMIT);
	state->signals = -1;
	status = run(state, layout, err);
	cleanup_close(&state->signals);
	lines_free(&state->lines);
	store_close(&state->store);
	free(state);
	return status;
}
