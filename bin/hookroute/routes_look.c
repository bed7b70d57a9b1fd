#include "bin/hookroute/routes_look.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/clause.h"
#include "bin/hookroute/routes_text.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/uuid.h"

enum { LIBRARY_LIMIT = 1 << 20, MEMBER_MAX = 1024 };

/* "..." without interpolation or any escape; p moves behind it. */
static bool take_literal(const char **p, const char *end)
{
	const char *at = *p;

	if (at == end || *at != '"')
		return false;
	for (at++; at < end && *at != '"'; at++) {
		if (*at == '\\')
			return false;
	}
	if (at == end)
		return false;
	*p = at + 1;
	return true;
}

static void skip_spaces(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\t' || **p == '\n'))
		(*p)++;
}

static bool take_text(const char **p, const char *end, const char *text)
{
	size_t len = strlen(text);

	skip_spaces(p, end);
	if ((size_t)(end - *p) < len || memcmp(*p, text, len) != 0)
		return false;
	*p += len;
	skip_spaces(p, end);
	return true;
}

/* on("push", "tag") */
static bool is_on(struct str_view text)
{
	const char *p = text.data;
	const char *end = p + text.len;

	if (!take_text(&p, end, "on") || !take_text(&p, end, "("))
		return false;
	while (take_literal(&p, end)) {
		if (take_text(&p, end, ")"))
			return p == end;
		if (!take_text(&p, end, ","))
			return false;
	}
	return false;
}

/* select(.provider == "github") */
static bool is_select(struct str_view text)
{
	static const char *const members[] = { ".provider", ".event", ".hook", ".name" };
	const char *p = text.data;
	const char *end = p + text.len;
	bool found = false;
	size_t i;

	if (!take_text(&p, end, "select") || !take_text(&p, end, "("))
		return false;
	for (i = 0; i < sizeof(members) / sizeof(members[0]) && !found; i++)
		found = take_text(&p, end, members[i]);
	return found && take_text(&p, end, "==") && take_literal(&p, end) &&
	       take_text(&p, end, ")") && p == end;
}

/* Each of its first clauses, as a question that needs no payload; false: unknown. */
static bool add_guards(struct buf *out, const char *text)
{
	struct clauses *clauses = calloc(1, sizeof(*clauses));
	bool known;
	size_t first = 0;
	size_t i;

	if (!clauses)
		abort();
	clause_split(clauses, text);
	known = clauses->count > 0 && !clauses->definitions.len;
	for (i = 0; i < clauses->count && known; i++) {
		const struct clause *clause = &clauses->list[i];

		if (clause->before != CLAUSE_NONE)
			continue;
		known = is_on(clause->text) || is_select(clause->text);
		buf_add_format(out, "%s(%s%.*s)", first++ ? ", " : "",
			       is_on(clause->text) ? "_may_" : "", (int)clause->text.len,
			       clause->text.data);
	}
	free(clauses);
	return known && first;
}

static bool add_file(struct buf *program, const char *text)
{
	auto_buf struct buf guards = BUF_EMPTY;
	bool known = add_guards(&guards, text);

	if (known)
		buf_add_format(program, "(try ([%s] | length > 0) catch true)",
			       buf_str(&guards));
	else
		buf_add_str(program, "true");
	return known;
}

/* What an own vocabulary says could mean something else than ours. */
static bool is_plain(const char *folder, const char *name)
{
	static const char *const words[] = { "include", "import", "def on", "def select",
					     "def _" };
	auto_free char *file = str_format("%s/%s.jq", folder, name);
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;
	size_t i;

	if (file_read_if(&text, &found, AT_FDCWD, file, LIBRARY_LIMIT, &ignored) < 0)
		return false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(buf_str(&text), words[i]))
			return false;
	}
	return found;
}

static bool is_understood(const char *includes, const char *own)
{
	const char *rest = includes;

	while (rest) {
		struct str_view line = str_split(&rest, '\n');
		const char *p = line.data;
		const char *end = p + line.len;
		auto_free char *name = NULL;
		const char *start;

		if (!line.len)
			continue;
		if (!take_text(&p, end, "include"))
			return false;
		start = p + 1;
		if (!take_literal(&p, end))
			return false;
		name = str_format("%.*s", (int)(p - 1 - start), start);
		if (!take_text(&p, end, ";") || p != end)
			return false;
		if (!str_equal(name, "hooktools") && !is_plain(own, name))
			return false;
	}
	return true;
}

static bool are_understood(const struct routes_text *texts, const struct layout *layout)
{
	auto_free char *own = path_join(layout->conf, "jq");
	auto_free char *replaced = path_join(own, "hooktools.jq");
	size_t i;

	if (access(replaced, F_OK) == 0)
		return false;
	for (i = 0; i < texts->count; i++) {
		if (!is_understood(texts->list[i].includes, own))
			return false;
	}
	return true;
}

struct routes_look *routes_look_make(const struct routes_text *texts,
				     const struct layout *layout)
{
	auto_free char *shared = path_join(layout->share, "jq");
	const char *const library[] = { shared, NULL };
	auto_buf struct buf text = BUF_EMPTY;
	struct filter_program program = { .name = "look", .library = library };
	struct routes_look *look;
	struct error ignored = { 0 };
	size_t known = 0;
	size_t i;

	buf_add_str(&text, "include \"hooktools\"; [");
	for (i = 0; i < texts->count; i++) {
		if (i)
			buf_add_char(&text, ',');
		known += add_file(&text, texts->list[i].body);
	}
	buf_add_char(&text, ']');
	if (!known || !are_understood(texts, layout))
		return NULL;
	look = calloc(1, sizeof(*look));
	if (!look)
		abort();
	look->count = texts->count;
	program.text = buf_str(&text);
	if (filter_compile(&look->filter, &program, &ignored) == 0)
		return look;
	routes_look_free(look);
	return NULL;
}

void routes_look_free(struct routes_look *look)
{
	size_t i;

	if (!look)
		return;
	for (i = 0; i < LOOK_SLOTS; i++) {
		free(look->slots[i].key);
		free(look->slots[i].wanted);
	}
	filter_free(&look->filter);
	free(look);
}

static bool is_id(struct str_view value)
{
	char id[UUID_LEN] = "";

	if (value.len != UUID_LEN + 1)
		return false;
	memcpy(id, value.data + 1, UUID_LEN - 1);
	return uuid_is_valid(id);
}

enum { MEMBERS = 5 };

/* The event without its payload; NULL when it is not as events are. */
static char *skeleton(struct str_view line)
{
	static const char *const names[MEMBERS] = { "provider", "event", "hook", "name",
						    "id" };
	struct str_view values[MEMBERS] = { { NULL, 0 } };
	struct str_view name = { NULL, 0 };
	struct str_view value = { NULL, 0 };
	size_t i;

	while (json_scan_next(&name, &value, &line)) {
		if (memchr(name.data, '\\', name.len))
			return NULL;
		for (i = 0; i < MEMBERS; i++) {
			if (str_view_equal(name, names[i]))
				values[i] = value;
		}
	}
	for (i = 0; i < MEMBERS; i++) {
		if (!values[i].data || values[i].len > MEMBER_MAX)
			return NULL;
	}
	if (!is_id(values[MEMBERS - 1]))
		return NULL;
	return str_format(
		"{\"provider\":%.*s,\"event\":%.*s,\"hook\":%.*s,\"name\":%.*s}",
		(int)values[0].len, values[0].data, (int)values[1].len, values[1].data,
		(int)values[2].len, values[2].data, (int)values[3].len, values[3].data);
}

static int take_verdict(void *context, jv output, struct error *err)
{
	struct look_slot *slot = context;
	size_t count = json_length(output);
	size_t i;

	(void)err;
	slot->nobody = true;
	slot->wanted = calloc(count + 1, sizeof(*slot->wanted));
	if (!slot->wanted)
		abort();
	for (i = 0; i < count; i++) {
		auto_jv jv one = jv_array_get(jv_copy(output), (int)i);

		slot->wanted[i] = jv_get_kind(one) != JV_KIND_FALSE;
		slot->nobody = slot->nobody && !slot->wanted[i];
	}
	return 0;
}

static bool fill(struct routes_look *look, struct look_slot *slot, const char *key)
{
	auto_jv jv event = jv_invalid();
	struct error ignored = { 0 };

	free(slot->wanted);
	free(slot->key);
	*slot = (struct look_slot){ NULL, NULL, false };
	if (json_parse(&event, key, strlen(key), &ignored) < 0 ||
	    filter_run(&look->filter, event, take_verdict, slot, &ignored) < 0 ||
	    !slot->wanted) {
		free(slot->wanted);
		slot->wanted = NULL;
		return false;
	}
	slot->key = str_dup(key);
	return true;
}

static size_t slot_of(const char *key)
{
	uint64_t sum = 0xcbf29ce484222325U;

	for (; *key; key++)
		sum = (sum ^ (unsigned char)*key) * 0x100000001b3U;
	return (sum >> 32) % LOOK_SLOTS;
}

const struct look_slot *routes_look(struct routes_look *look, struct str_view line)
{
	auto_free char *key = skeleton(line);
	struct look_slot *slot;

	if (!key)
		return NULL;
	slot = &look->slots[slot_of(key)];
	if (!str_equal(slot->key, key) && !fill(look, slot, key))
		return NULL;
	return slot;
}
