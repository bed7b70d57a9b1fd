#include "bin/tokenmint-agent/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

#define TIME_MS 100000
#define ANSWER_LIMIT 65536
#define SAID_LIMIT 4096

enum { ARGUMENTS = 160 }; /* a key has twice ASK_SCOPE and three, at most */

static struct fetch *find_place(struct fetches *fetches)
{
	for (size_t i = 0; i < FETCHES; i++)
		if (!fetches->all[i].entry)
			return &fetches->all[i];
	return NULL;
}

bool fetch_is_full(const struct fetches *fetches)
{
	for (size_t i = 0; i < FETCHES; i++)
		if (!fetches->all[i].entry)
			return false;
	return true;
}

/* The key's parts, each with its NUL, are arguments. */
static size_t add_key(const char **argv, size_t count, const struct buf *key)
{
	for (size_t at = 0; at < key->len && count < ARGUMENTS - 1;
	     at += strlen(key->data + at) + 1)
		argv[count++] = key->data + at;
	return count;
}

static int make_pipe(int *from, int *to, struct error *err)
{
	int fds[2] = { -1, -1 };

	if (pipe2(fds, O_CLOEXEC) < 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "make a pipe");
	*from = fds[0];
	*to = fds[1];
	return 0;
}

static int spawn(struct fetch *fetch, const char *const *argv, struct error *err)
{
	auto_close int answer = -1;
	auto_close int answer_to = -1;
	auto_close int said = -1;
	auto_close int said_to = -1;
	struct process_start start = { .argv = argv, .in = -1 };

	if (make_pipe(&answer, &answer_to, err) < 0 ||
	    make_pipe(&said, &said_to, err) < 0)
		return -1;
	start.out = answer_to;
	start.err = said_to;
	start.new_session = true; /* a terminal's Ctrl-C is for the command */
	if (process_spawn(&fetch->process, &start, err) < 0)
		return -1;
	fetch->watch = (struct watch){ WATCH_FETCH, steal_fd(&answer) };
	fetch->said = steal_fd(&said);
	return 0;
}

int fetch_start(struct fetches *fetches, struct cache_entry *entry, uint64_t min_ttl_s,
		int64_t now_ms, struct error *err)
{
	struct fetch *fetch = find_place(fetches);
	auto_free char *min_ttl = str_format("--min-ttl=%" PRIu64 "s", min_ttl_s);
	const char *argv[ARGUMENTS] = { fetches->program, "get", "--json", min_ttl };
	size_t count = 4;

	if (!fetch)
		return error_set(err, ERROR_TEMPORARY, "too many questions at once");
	if (entry->refused[0]) {
		argv[count++] = "--refused";
		argv[count++] = entry->refused;
	}
	count = add_key(argv, count, &entry->key);
	argv[count] = NULL;
	if (spawn(fetch, argv, err) < 0 ||
	    watch_add(&fetch->watch, fetches->epoll, EPOLLIN, err) < 0)
		return -1;
	fetch->entry = entry;
	fetch->deadline_ms = now_ms + TIME_MS;
	entry->is_asked = true;
	return 0;
}

static enum error_kind kind_of(const struct process_outcome *outcome)
{
	switch (outcome->signalled ? 0 : outcome->code) {
	case 1:
		return ERROR_ABSENT;
	case EX_USAGE:
		return ERROR_USAGE;
	case EX_DATAERR:
		return ERROR_DATA;
	case EX_NOPERM:
		return ERROR_DENIED;
	case EX_CONFIG:
		return ERROR_CONFIG;
	case EX_OSERR:
		return ERROR_SYSTEM;
	default:
		return ERROR_TEMPORARY;
	}
}

/* The last line that it said, without its level and name in front. */
static void describe(struct error *failure, const struct process_outcome *outcome,
		     int said)
{
	char text[SAID_LIMIT + 1] = "";
	ssize_t got = read(said, text, SAID_LIMIT);
	char *line = text;
	char *name = NULL;

	while (got > 0 && text[got - 1] == '\n')
		text[--got] = '\0';
	line = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
	name = strstr(line, "tokenmint: ");
	if (name)
		line = name + strlen("tokenmint: ");
	(void)error_set(failure, kind_of(outcome), "%s",
			*line ? line : "tokenmint ended without a word");
}

static void finish(struct fetch *fetch, int64_t now_ms)
{
	struct process_outcome outcome = { false, 0 };
	struct error failure = { 0 };
	size_t len = strcspn(buf_str(&fetch->answer), "\n");
	bool is_good = process_wait(&outcome, &fetch->process, &failure) == 0 &&
		       !outcome.signalled && outcome.code == 0;

	fetch->entry->is_asked = false;
	if (!is_good && failure.kind == ERROR_NONE)
		describe(&failure, &outcome, fetch->said);
	if (!is_good ||
	    cache_put(fetch->entry, (struct str_view){ buf_str(&fetch->answer), len },
		      now_ms, &failure) < 0)
		cache_fail(fetch->entry, &failure, now_ms);
	cleanup_close(&fetch->watch.fd);
	cleanup_close(&fetch->said);
	buf_wipe(&fetch->answer);
	fetch->entry = NULL;
}

void fetch_read(struct fetch *fetch, bool *ended, int64_t now_ms)
{
	ssize_t got = 0;

	*ended = false;
	do {
		got = read(fetch->watch.fd, buf_room(&fetch->answer, 4096), 4096);
		if (got > 0)
			buf_grew(&fetch->answer, (size_t)got);
	} while (got > 0 && fetch->answer.len <= ANSWER_LIMIT);
	if (got > 0)
		(void)kill(fetch->process.pid, SIGKILL); /* what would say so much? */
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	finish(fetch, now_ms);
	*ended = true;
}

void fetch_check(struct fetches *fetches, int64_t now_ms)
{
	for (size_t i = 0; i < FETCHES; i++)
		if (fetches->all[i].entry && fetches->all[i].deadline_ms < now_ms)
			(void)kill(fetches->all[i].process.pid, SIGKILL);
}

void fetch_stop(struct fetches *fetches)
{
	for (size_t i = 0; i < FETCHES; i++) {
		if (!fetches->all[i].entry)
			continue;
		(void)kill(fetches->all[i].process.pid, SIGKILL);
		finish(&fetches->all[i], 0);
	}
}
