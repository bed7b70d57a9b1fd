#include "bin/hookroute-plugin/occasion.h"

#include <fnmatch.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/uuid.h"

static bool is_id(struct str_view view)
{
	auto_free char *id = str_format("%.*s", (int)view.len, view.data);

	return uuid_is_valid(id);
}

static bool is_name(struct str_view view)
{
	auto_free char *name = str_format("%.*s", (int)view.len, view.data);

	return str_is_name(name);
}

/* Ours, and not one that somebody sent to a hook under that name. */
static void read_schedule(struct occasion *occasion)
{
	struct str_view payload = { NULL, 0 };

	if (str_view_equal(occasion->provider, "hooktools") &&
	    str_view_equal(occasion->word, "schedule") &&
	    json_plain_object(&payload, occasion->event, "payload"))
		(void)json_plain_string(&occasion->scheduled, payload, "plugin");
}

static void read_wrapping(struct occasion *occasion)
{
	struct str_view said = { NULL, 0 };

	(void)json_plain_string(&occasion->id, occasion->line, "id");
	(void)json_plain_string(&occasion->kind, occasion->line, "kind");
	/* A hook that serves one repository speaks for no other. */
	if (!memchr(occasion->name.data, '/', occasion->name.len) &&
	    json_plain_string(&said, occasion->line, "repository") && is_name(said))
		occasion->repository = said;
}

int occasion_read(struct occasion *occasion, struct str_view line, struct error *err)
{
	struct occasion read = { .line = line, .event = line };
	bool is_wrapped = false;

	if (!json_plain_is_valid(line))
		return error_set(err, ERROR_DATA, "the line is no JSON");
	is_wrapped = json_plain_object(&read.event, line, "event");
	if (!json_plain_string(&read.event_id, read.event, "id") ||
	    !is_id(read.event_id) || !json_plain_string(&read.word, read.event, "event"))
		return error_set(err, ERROR_DATA,
				 "the line is no event: it has no id, or no event");
	read.id = read.event_id;
	read.kind = read.word;
	read.name = (struct str_view){ "", 0 };
	read.provider = read.name;
	/* One of our own may belong to nothing. */
	(void)json_plain_string(&read.name, read.event, "name");
	read.repository = read.name;
	(void)json_plain_string(&read.provider, read.event, "provider");
	read_schedule(&read);
	if (is_wrapped)
		read_wrapping(&read);
	if (!is_id(read.id))
		return error_set(err, ERROR_DATA, "'id' is no UUID");
	*occasion = read;
	return 0;
}

bool occasion_is_own(const struct occasion *occasion)
{
	return str_view_equal(occasion->provider, "hooktools") &&
	       str_view_equal(occasion->word, "job");
}

/* As on() of the vocabulary: many things are a push to a forge, but to us only a branch's. */
static bool matches(const struct occasion *occasion, const char *pattern)
{
	auto_free char *kind =
		str_format("%.*s", (int)occasion->kind.len, occasion->kind.data);
	auto_free char *word =
		str_format("%.*s", (int)occasion->word.len, occasion->word.data);

	return fnmatch(pattern, kind, 0) == 0 ||
	       (!str_equal(word, "push") && fnmatch(pattern, word, 0) == 0);
}

bool occasion_is(const struct occasion *occasion, const char *patterns)
{
	const char *rest = patterns;

	if (!patterns)
		return !str_view_equal(occasion->word, "ping");
	while (rest) {
		struct str_view view = str_split(&rest, ' ');
		auto_free char *pattern = str_format("%.*s", (int)view.len, view.data);

		if (*pattern && matches(occasion, pattern))
			return true;
	}
	return false;
}
