#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/explain_write.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/walk.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/lines.h"
#include "lib/log.h"
#include "lib/path.h"

enum { LINE_LIMIT = 64 << 20, WHY_LIMIT = 1 << 30 };

struct explaining {
	struct explain explain;
	struct routes routes;
	const char *id; /* of the one that is looked for */
	const struct spool *spool;
	struct buf event;  /* its line */
	struct buf places; /* where it is, a JSON object each */
	bool json;
	size_t lines;
	size_t bad;
};

static int explain_line(struct explaining *explaining, struct str_view line,
			struct error *err)
{
	auto_deliveries struct deliveries deliveries = DELIVERIES_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_jv jv answers = jv_invalid();
	auto_jv jv event = jv_invalid();
	struct explain_result result = { &explaining->explain, &deliveries, line,
					 buf_str(&explaining->places), jv_invalid() };

	if (routes_parse(&event, line, err) < 0 ||
	    routes_apply(&deliveries, &explaining->routes, line, err) < 0 ||
	    explain_event(&answers, &explaining->explain, event, err) < 0)
		return -1;
	result.answers = answers;
	if (explaining->json)
		explain_write_json(&out, &result);
	else
		explain_write_text(&out, &result);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

/* The next line; one that is no event is said and left out. */
static int explain_next(struct explaining *explaining, bool *found, struct lines *lines,
			struct error *err)
{
	struct str_view line = { NULL, 0 };
	struct error bad = { 0 };
	int failed = lines_next(&line, found, lines, &bad);

	explaining->lines++;
	if (!failed && *found && line.len)
		failed = explain_line(explaining, line, &bad);
	if (!failed)
		return 0;
	if (bad.kind != ERROR_DATA) {
		*err = bad;
		return -1;
	}
	explaining->bad++;
	log_warning("line %zu: %s", explaining->lines, bad.message);
	return 0;
}

static int explain_lines(struct explaining *explaining, int fd, struct error *err)
{
	auto_lines struct lines lines = LINES(fd, LINE_LIMIT);
	bool found = true;

	while (found) {
		if (explain_next(explaining, &found, &lines, err) < 0)
			return -1;
	}
	return 0;
}

static int explain_file(struct explaining *explaining, const char *file,
			struct error *err)
{
	auto_close int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", file);
	return explain_lines(explaining, fd, err);
}

static void add_place(struct buf *places, const struct walk_event *event,
		      const struct buf *why)
{
	struct json_writer writer = JSON_WRITER(places);
	struct str_view left = { NULL, 0 };
	const char *rest = why->len ? buf_str(why) : NULL;

	buf_add_str(places, places->len ? "\n" : "");
	json_write_object(&writer, NULL);
	json_write_string(&writer, "state", spool_state_name(event->state));
	json_write_string(&writer, "folder", event->folder);
	json_write_string(&writer, "file", event->file);
	if (event->rest.len && json_scan_member(&left, event->rest, "due_at"))
		json_write_raw(&writer, "due_at", left.data, left.len);
	if (event->rest.len && json_scan_member(&left, event->rest, "left"))
		json_write_raw(&writer, "left", left.data, left.len);
	json_write_array(&writer, "why");
	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len)
			json_write_raw(&writer, NULL, line.data, line.len);
	}
	json_write_array_end(&writer);
	json_write_object_end(&writer);
}

static int take_event(enum walk_answer *answer, void *context,
		      const struct walk_event *event, struct error *err)
{
	struct explaining *explaining = context;
	auto_free char *name = str_format("%s.why", event->id);
	auto_buf struct buf why = BUF_EMPTY;
	bool found = false;

	if (!str_equal(event->id, explaining->id))
		return 0;
	if (event->state == SPOOL_DEAD &&
	    file_read_if(&why, &found, explaining->spool->dir[SPOOL_DEAD], name,
			 WHY_LIMIT, err) < 0)
		return -1;
	if (!explaining->event.len)
		buf_add(&explaining->event, event->line.data, event->line.len);
	add_place(&explaining->places, event, &why);
	*answer = WALK_ENOUGH;
	return 0;
}

/* It may be in two places: partly waiting, partly given up, and done with the rest. */
static int explain_id(struct explaining *explaining, const char *id, struct spool *spool,
		      struct error *err)
{
	struct walk walk = {
		.spool = spool, .first = id, .each = take_event, .context = explaining
	};
	int state;

	explaining->id = id;
	explaining->spool = spool;
	buf_clear(&explaining->event);
	buf_clear(&explaining->places);
	for (state = SPOOL_NEW; state < SPOOL_STATES; state++) {
		if (walk_state(&walk, (enum spool_state)state, err) < 0)
			return -1;
	}
	if (!explaining->event.len)
		return error_set(err, ERROR_ABSENT, "no event '%s' in the spool", id);
	return explain_line(
		explaining,
		(struct str_view){ explaining->event.data, explaining->event.len }, err);
}

static int explain_operand(struct explaining *explaining, const char *operand,
			   const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;

	if (!uuid_is_valid(operand))
		return explain_file(explaining, operand, err);
	if (spool_open(&spool, path, err) < 0)
		return -1;
	return explain_id(explaining, operand, &spool, err);
}

static int load_clauses(struct explaining *explaining, const struct options *options,
			const struct layout *layout, struct error *err)
{
	explaining->explain.limits = explaining->routes.limits;
	return explain_load(&explaining->explain, layout, options->routes, err);
}

static int explain_all(struct explaining *explaining, const struct options *options,
		       const struct layout *layout, struct error *err)
{
	size_t i;

	if (routes_load(&explaining->routes, layout, options->routes, err) < 0 ||
	    load_clauses(explaining, options, layout, err) < 0)
		return -1;
	if (!options->operand_count && explain_lines(explaining, STDIN_FILENO, err) < 0)
		return -1;
	for (i = 0; i < options->operand_count; i++) {
		if (explain_operand(explaining, options->operands[i], layout, err) < 0)
			return -1;
	}
	if (!explaining->bad)
		return 0;
	return error_set(err, ERROR_DATA, "%zu of the lines could not be explained",
			 explaining->bad);
}

int cmd_explain(const struct options *options, const struct layout *layout,
		struct error *err)
{
	struct explaining explaining = { .explain = EXPLAIN_NONE,
					 .routes = ROUTES_NONE,
					 .json = options->json ||
						 !isatty(STDOUT_FILENO) };
	int failed = explain_all(&explaining, options, layout, err);

	explain_free(&explaining.explain);
	routes_free(&explaining.routes);
	buf_free(&explaining.event);
	buf_free(&explaining.places);
	return failed;
}
