#include "lib/lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/error.h"

enum { STEP = 65536 };

static const char *find_break(struct lines *lines)
{
	size_t begun = lines->buf.len - lines->taken;
	const char *start = buf_str(&lines->buf) + lines->taken;
	const char *found = NULL;

	if (begun > lines->scanned)
		found = memchr(start + lines->scanned, '\n', begun - lines->scanned);
	if (!found)
		lines->scanned = begun;
	return found;
}

static int read_more(struct lines *lines, struct error *err)
{
	ssize_t got;

	buf_skip(&lines->buf, lines->taken);
	lines->taken = 0;
	do {
		got = read(lines->fd, buf_room(&lines->buf, STEP), STEP);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, "read input");
	lines->ended = got == 0;
	buf_grew(&lines->buf, (size_t)got);
	return 0;
}

/* What is left when no more comes. */
static struct str_view take_rest(struct lines *lines)
{
	struct str_view rest = { buf_str(&lines->buf) + lines->taken,
				 lines->buf.len - lines->taken };

	lines->taken = lines->buf.len;
	lines->scanned = 0;
	return rest;
}

static struct str_view take_line(struct lines *lines, const char *end)
{
	struct str_view line = { lines->buf.data + lines->taken, 0 };

	line.len = (size_t)(end - line.data);
	lines->taken += line.len + 1;
	lines->scanned = 0;
	return line;
}

enum ending { ENDING_BREAK, ENDING_INPUT, ENDING_NONE };

/* One line, the rest of the input, or a piece of a line that is too long. */
static int take(struct str_view *piece, enum ending *ending, struct lines *lines,
		struct error *err)
{
	const char *end = find_break(lines);

	while (!end && !lines->ended && lines->scanned <= lines->limit) {
		if (read_more(lines, err) < 0)
			return -1;
		end = find_break(lines);
	}
	*piece = end ? take_line(lines, end) : take_rest(lines);
	*ending = end ? ENDING_BREAK : ENDING_NONE;
	if (!end && lines->ended)
		*ending = ENDING_INPUT;
	return 0;
}

/* Nothing of a line that is too long is given out, and nothing of it is kept. */
static int skip(enum ending *ending, struct lines *lines, struct error *err)
{
	struct str_view piece = { NULL, 0 };

	while (lines->skipping) {
		if (take(&piece, ending, lines, err) < 0)
			return -1;
		lines->skipping = *ending == ENDING_NONE;
	}
	return 0;
}

int lines_next(struct str_view *line, bool *found, struct lines *lines, struct error *err)
{
	struct str_view piece = { NULL, 0 };
	enum ending ending = ENDING_BREAK;

	if (skip(&ending, lines, err) < 0 || take(&piece, &ending, lines, err) < 0)
		return -1;
	if (piece.len > lines->limit) {
		lines->skipping = ending == ENDING_NONE;
		return error_set(err, ERROR_DATA, "a line of more than %zu bytes",
				 lines->limit);
	}
	*line = piece;
	*found = ending == ENDING_BREAK || piece.len > 0;
	return 0;
}

static bool has_input(const struct lines *lines)
{
	struct pollfd input = { lines->fd, POLLIN, 0 };

	return poll(&input, 1, 0) > 0 && (input.revents & (POLLIN | POLLHUP));
}

/* Drop what has come of a line that is too long; true when its end was there. */
static bool skip_piece(struct lines *lines)
{
	const char *end = find_break(lines);

	if (end)
		(void)take_line(lines, end);
	else
		(void)take_rest(lines);
	lines->skipping = !end;
	return end != NULL;
}

bool lines_is_ready(struct lines *lines)
{
	struct error later = { 0 };

	for (;;) {
		if (lines->skipping && skip_piece(lines))
			continue;
		if (find_break(lines) || lines->scanned > lines->limit || lines->ended)
			return true;
		if (!has_input(lines))
			return false;
		/* lines_next meets the same failure, and reports it. */
		if (read_more(lines, &later) < 0)
			return true;
	}
}

void lines_free(struct lines *lines)
{
	buf_free(&lines->buf);
}
