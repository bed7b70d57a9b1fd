#include "bin/hookroute/explain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/explain_ask.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

/* libjq compiles a long program slower than two of half its length. */
enum { FILE_LIMIT = 1 << 20, FACTS_MAX = 8, ANSWERS_MAX = 4096, ROUTES_TOGETHER = 32 };

/* How much is asked of a file; less when libjq does not take it. */
enum detail { DETAIL_WHOLE, DETAIL_CLAUSES, DETAIL_FACTS };

static int is_route_file(const struct dirent *item)
{
	return path_is_safe_name(item->d_name) && str_ends(item->d_name, ".jq");
}

static int read_route(struct explain *explain, int dir, const char *name,
		      struct error *err)
{
	struct explain_route *route = &explain->routes[explain->count];

	*route = (struct explain_route){ .name = str_dup(name) };
	explain->count++;
	if (file_read(&route->text, dir, name, FILE_LIMIT, err) < 0)
		return -1;
	clause_split(&route->clauses, buf_str(&route->text));
	return 0;
}

static int read_routes(struct explain *explain, const char *dir, struct error *err)
{
	struct dirent **items = NULL;
	auto_close int fd = -1;
	int count = scandir(dir, &items, is_route_file, alphasort);
	int failed = 0;
	int i;

	if (count < 0)
		return errno == ENOENT ? 0 : error_errno(err, "read routes '%s'", dir);
	explain->routes = calloc((size_t)count + 1, sizeof(*explain->routes));
	if (!explain->routes)
		abort();
	if (count)
		failed = file_open_dir(&fd, AT_FDCWD, dir, err);
	for (i = 0; i < count; i++) {
		if (!failed)
			failed = read_route(explain, fd, items[i]->d_name, err);
		free(items[i]);
	}
	free(items);
	return failed;
}

static void add_facts(struct buf *out, struct str_view clause)
{
	struct clause_fact facts[FACTS_MAX];
	size_t count = clause_facts(facts, FACTS_MAX, clause);
	size_t n;

	for (n = 0; n < count; n++)
		buf_add_format(out, "%s\"%s\": (try ([%s][0]) catch null)", n ? ", " : "",
			       facts[n].text, facts[n].text);
}

static void add_clause(struct buf *out, const struct clauses *clauses, size_t i,
		       enum detail detail);

static size_t add_clauses_behind(struct buf *out, const struct clauses *clauses, size_t i,
				 enum detail detail)
{
	size_t count = 0;
	size_t next;

	for (next = i == CLAUSE_NONE ? 0 : i + 1; next < clauses->count; next++) {
		if (clauses->list[next].before != i)
			continue;
		buf_add_str(out, count++ || i != CLAUSE_NONE ? ",\n" : "");
		add_clause(out, clauses, next, detail);
	}
	return count;
}

/*
 * Says what the clause's input is like, then that it had an output, and goes on with the
 * clauses behind it; bindings and definitions in it reach them.  Each clause ends its line,
 * for it may hold a comment.
 */
static void add_clause(struct buf *out, const struct clauses *clauses, size_t i,
		       enum detail detail)
{
	struct str_view text = clauses->list[i].text;

	buf_add_format(out, "{i: %zu, v: {", i);
	if (detail == DETAIL_FACTS)
		add_facts(out, text);
	buf_add_format(out, "}}, (try (%.*s\n | ({i: %zu, n: 1}", (int)text.len,
		       text.data, i);
	(void)add_clauses_behind(out, clauses, i, detail);
	buf_add_format(out, ")) catch {i: %zu, error: .})", i);
}

static void add_route(struct buf *out, const struct explain_route *route, size_t number,
		      enum detail detail)
{
	const struct clauses *clauses = &route->clauses;

	buf_add_format(out,
		       "(if .skip | index(%zu) then [] else .event | [limit(%d; %.*s\n",
		       number, ANSWERS_MAX, (int)clauses->definitions.len,
		       clauses->definitions.data);
	if (!add_clauses_behind(out, clauses, CLAUSE_NONE, detail))
		buf_add_str(out, "empty");
	buf_add_str(out, ")] end)");
}

/* The file as one clause. */
static void forget_clauses(struct explain_route *route)
{
	struct clauses *clauses = &route->clauses;
	const char *text = clauses->includes.data + clauses->includes.len;

	clauses->definitions.len = 0;
	clauses->list[0] = (struct clause){ { text, strlen(text) }, 1, CLAUSE_NONE };
	clauses->count = 1;
}

static int compile(struct explain *explain, struct explain_program *program,
		   enum detail detail, const struct layout *layout, struct error *err)
{
	auto_buf struct buf body = BUF_EMPTY;
	size_t i;

	for (i = program->first; i < program->first + program->count; i++) {
		struct explain_route *route = &explain->routes[i];

		if (detail == DETAIL_WHOLE)
			forget_clauses(route);
		buf_add_str(&body, i > program->first ? ",\n" : "");
		buf_add_format(&body, "\n%.*s\n", (int)route->clauses.includes.len,
			       route->clauses.includes.data);
		add_route(&body, route, i, detail);
	}
	return routes_compile(&program->filter, buf_str(&body), "explain", layout, err);
}

static void add_program(struct explain *explain, const struct explain_program *program)
{
	struct explain_program *grown =
		realloc(explain->programs,
			(explain->program_count + 1) * sizeof(*explain->programs));

	if (!grown)
		abort();
	explain->programs = grown;
	grown[explain->program_count++] = *program;
}

/* One program for many routes is soonest made; where libjq does not take it, smaller ones. */
static int compile_range(struct explain *explain, struct explain_program program,
			 const struct layout *layout, struct error *err)
{
	struct explain_program rest = program;
	int detail = DETAIL_FACTS;
	int failed = compile(explain, &program, DETAIL_FACTS, layout, err);

	while (failed && program.count == 1 && detail > DETAIL_WHOLE)
		failed = compile(explain, &program, (enum detail)-- detail, layout, err);
	if (!failed)
		add_program(explain, &program);
	if (!failed || program.count <= 1)
		return failed;
	program.count /= 2;
	rest.first += program.count;
	rest.count -= program.count;
	return compile_range(explain, program, layout, err) < 0
		       ? -1
		       : compile_range(explain, rest, layout, err);
}

static int load(struct explain *explain, const char *dir, const struct layout *layout,
		struct error *err)
{
	size_t first;

	if (read_routes(explain, dir, err) < 0)
		return -1;
	for (first = 0; first < explain->count; first += ROUTES_TOGETHER) {
		size_t left = explain->count - first;
		struct explain_program program = { FILTER_NONE, first,
						   left < ROUTES_TOGETHER
							   ? left
							   : ROUTES_TOGETHER };

		if (compile_range(explain, program, layout, err) < 0)
			return -1;
	}
	return 0;
}

int explain_load(struct explain *explain, const struct layout *layout, const char *dir,
		 struct error *err)
{
	auto_free char *standard = path_join(layout->conf, "routes.d");

	*explain = (struct explain){ .limits = explain->limits };
	if (load(explain, dir ? dir : standard, layout, err) == 0)
		return 0;
	explain_free(explain);
	return -1;
}

void explain_free(struct explain *explain)
{
	size_t i;

	for (i = 0; i < explain->program_count; i++)
		filter_free(&explain->programs[i].filter);
	for (i = 0; i < explain->count; i++) {
		free(explain->routes[i].name);
		buf_free(&explain->routes[i].text);
	}
	free(explain->programs);
	free(explain->routes);
	*explain = (struct explain)EXPLAIN_NONE;
}

static jv question(jv event, jv skip)
{
	jv input = jv_object_set(jv_object(), jv_string("event"), jv_copy(event));

	return jv_object_set(input, jv_string("skip"), jv_copy(skip));
}

/* A route that takes too much ends the program, which is asked again without it. */
static int ask(jv *answers, struct explain *explain, struct explain_program *program,
	       jv event, struct error *err)
{
	auto_jv jv skip = jv_array();
	size_t tries;

	for (tries = 0; tries <= program->count; tries++) {
		auto_jv jv input = question(event, skip);
		auto_jv jv got = jv_array();
		size_t count;

		if (explain_ask(&got, &program->filter, input, &explain->limits, err) < 0)
			return -1;
		count = json_length(got);
		if (count == program->count) {
			*answers = jv_array_concat(*answers, jv_copy(got));
			return 0;
		}
		skip = jv_array_append(skip, jv_number((double)(program->first + count)));
	}
	return error_set(err, ERROR_BUG, "a program of %zu routes has no end",
			 program->count);
}

int explain_event(jv *answers, struct explain *explain, jv event, struct error *err)
{
	auto_jv jv all = jv_array();
	size_t i;

	for (i = 0; i < explain->program_count; i++) {
		if (ask(&all, explain, &explain->programs[i], event, err) < 0)
			return -1;
	}
	json_free(answers);
	*answers = jv_copy(all);
	return 0;
}

static char *text_of(jv value)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (jv_get_kind(value) == JV_KIND_STRING)
		buf_add_str(&text, jv_string_value(value));
	else
		json_dump(&text, value);
	return buf_take(&text);
}

/* Takes in one answer of the clause; true when it had an output. */
static bool take_said(char **error, jv *values, jv answer)
{
	auto_jv jv n = json_get(answer, "n");
	auto_jv jv raised = json_get(answer, "error");
	auto_jv jv facts = json_get(answer, "v");

	if (jv_is_valid(raised) && !*error)
		*error = text_of(raised);
	if (jv_is_valid(facts) && !jv_is_valid(*values))
		*values = jv_copy(facts);
	return jv_is_valid(n);
}

bool explain_says_no(char **error, jv *values, jv answers, size_t clause)
{
	auto_free char *raised = NULL;
	auto_jv jv facts = jv_invalid();
	size_t count = json_length(answers);
	size_t i;

	for (i = 0; i < count; i++) {
		auto_jv jv answer = jv_array_get(jv_copy(answers), (int)i);
		auto_jv jv number = json_get(answer, "i");

		if ((size_t)jv_number_value(number) == clause &&
		    take_said(&raised, &facts, answer))
			return false;
	}
	if (!jv_is_valid(facts))
		return false;
	*error = raised;
	raised = NULL;
	*values = jv_copy(facts);
	return true;
}
