#include "bin/ghstats/line.h"

#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

/* The member that tells what a body or a page is. */
static const struct {
	const char *key;
	char opening;
	enum line_kind kind;
} bodies[] = {
	{ "workflow_run", '{', LINE_RUN },
	{ "workflow_job", '{', LINE_JOB },
	{ "workflow_runs", '[', LINE_RUN },
	{ "jobs", '[', LINE_JOB },
};

static const struct {
	const char *provider;
	const char *event;
	const char *member;
	enum line_kind kind;
} events[] = {
	{ "github", "workflow_run", "workflow_run", LINE_RUN },
	{ "github", "workflow_job", "workflow_job", LINE_JOB },
	/* What a person put into the spool. */
	{ "hooktools", "workflow_run", "workflow_run", LINE_RUN },
	{ "hooktools", "workflow_job", "workflow_job", LINE_JOB },
	{ "hooktools", "job", "job", LINE_LOCAL_JOB },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A member that begins so; what must be an object is not taken where it is null. */
static bool member(struct str_view *value, struct str_view object, const char *key,
		   char opening)
{
	struct str_view found = { NULL, 0 };

	if (!json_scan_member(&found, object, key) || found.data[0] != opening)
		return false;
	*value = found;
	return true;
}

static bool has(struct str_view object, const char *key)
{
	struct str_view value = { NULL, 0 };

	return json_scan_member(&value, object, key);
}

static void take_surroundings(struct line *line, struct str_view body)
{
	(void)member(&line->source.repository, body, "repository", '{');
	(void)member(&line->source.workflow, body, "workflow", '{');
}

/* The text of a string without escapes; empty when it is something else. */
static struct str_view plain(struct str_view raw)
{
	if (raw.len < 2 || raw.data[0] != '"')
		return (struct str_view){ "", 0 };
	return (struct str_view){ raw.data + 1, raw.len - 2 };
}

static int read_event(struct line *line, struct str_view text, struct str_view payload,
		      struct str_view event, struct error *err)
{
	struct str_view provider = { NULL, 0 };

	(void)json_scan_member(&provider, text, "provider");
	for (size_t i = 0; i < COUNT(events); i++) {
		if (!str_view_equal(plain(provider), events[i].provider) ||
		    !str_view_equal(plain(event), events[i].event))
			continue;
		if (payload.data[0] != '{' ||
		    !member(&line->source.object, payload, events[i].member, '{'))
			return error_set(err, ERROR_DATA, "an event %s without its %s",
					 events[i].event, events[i].member);
		line->kind = events[i].kind;
		take_surroundings(line, payload);
		return 0;
	}
	line->kind = LINE_IGNORED;
	return 0;
}

static int read_body(struct line *line, struct str_view text, struct error *err)
{
	for (size_t i = 0; i < COUNT(bodies); i++) {
		if (member(&line->source.object, text, bodies[i].key,
			   bodies[i].opening)) {
			line->kind = bodies[i].kind;
			line->is_page = bodies[i].opening == '[';
			if (!line->is_page)
				take_surroundings(line, text);
			return 0;
		}
	}
	line->source.object = text;
	if (!has(text, "workflow_id") && !has(text, "run_id"))
		return error_set(err, ERROR_DATA,
				 "neither an event nor a workflow run, job or page");
	line->kind = has(text, "workflow_id") ? LINE_RUN : LINE_JOB;
	return 0;
}

int line_read(struct line *line, struct str_view text, struct error *err)
{
	struct line read = { 0 };
	struct str_view payload = { NULL, 0 };
	struct str_view event = { NULL, 0 };

	if (!json_plain_is_valid(text))
		return error_set(err, ERROR_DATA, "the line is no JSON");
	if (json_scan_member(&event, text, "event") &&
	    json_scan_member(&payload, text, "payload")) {
		if (read_event(&read, text, payload, event, err) < 0)
			return -1;
	} else if (read_body(&read, text, err) < 0) {
		return -1;
	}
	*line = read;
	return 0;
}
