#include "bin/hookroute/routes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/lane.h"
#include "bin/hookroute/shipped.h"
#include "bin/hookroute/surrogate.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { FILE_LIMIT = 1 << 20, DELIVERIES_MAX = 1024 };

/* What would end the process or reach outside of the event means nothing in a route. */
static const char fences[] =
	"def halt: error(\"halt has no place in a route\");"
	"def halt_error: halt; def halt_error($code): halt;"
	"def input: error(\"input has no place in a route\"); def inputs: input;"
	"def env: {}; def input_filename: null; def input_line_number: 0;"
	"def debug: .; def debug($message): .; def stderr: .;"
	"def modulemeta: error(\"modulemeta has no place in a route\");"
	"def get_search_list: [];"
	"{} as $ENV | ";

/* A program under construction: include lines may stand at its top only, and once. */
struct source {
	struct buf includes;
	struct buf body;
};

static bool is_include(const char *line)
{
	line += strspn(line, " \t");
	return str_starts(line, "include ") || str_starts(line, "include\"");
}

static bool is_import(const char *line)
{
	line += strspn(line, " \t");
	return str_starts(line, "import ") || str_starts(line, "import\"");
}

/* Takes what a line begins with of includes, and gives the rest of it. */
static const char *take_includes(struct buf *includes, const char *line)
{
	while (is_include(line)) {
		size_t start = strspn(line, " \t");
		size_t len = strcspn(line, ";");
		auto_free char *text = NULL;

		len += line[len] == ';';
		text = str_format("%.*s", (int)(len - start), line + start);
		if (!strstr(buf_str(includes), text))
			buf_add_format(includes, "%s ", text);
		line += len;
	}
	return line;
}

/* Appends the file's lines to body, its includes to includes; the line stays where an
 * include was, so that the others keep their numbers. */
static int take_lines(struct source *source, const char *text, const char *name,
		      struct error *err)
{
	const char *rest = text;
	unsigned number;

	for (number = 1; rest; number++) {
		struct str_view view = str_split(&rest, '\n');
		auto_free char *line = str_format("%.*s", (int)view.len, view.data);

		if (is_import(line))
			return error_set(err, ERROR_CONFIG,
					 "%s:%u: import is not for routes, include is",
					 name, number);
		buf_add_str(&source->body, take_includes(&source->includes, line));
		buf_add_char(&source->body, '\n');
	}
	return 0;
}

static int compile(struct filter *filter, const struct source *source, const char *name,
		   const struct layout *layout, struct error *err)
{
	auto_free char *shared = path_join(layout->share, "jq");
	auto_free char *own = path_join(layout->conf, "jq");
	const char *const library[] = { own, shared, NULL };
	struct filter_program program = { .name = name, .library = library };
	auto_buf struct buf text = BUF_EMPTY;

	buf_add_str(&text, buf_str(&source->includes));
	buf_add_str(&text, fences);
	buf_add_str(&text, buf_str(&source->body));
	program.text = buf_str(&text);
	return filter_compile(filter, &program, err);
}

int routes_compile(struct filter *filter, const char *text, const char *name,
		   const struct layout *layout, struct error *err)
{
	struct source source = { BUF_EMPTY, BUF_EMPTY };
	int failed = take_lines(&source, text, name, err);

	if (!failed)
		failed = compile(filter, &source, name, layout, err);
	buf_free(&source.includes);
	buf_free(&source.body);
	return failed;
}

static int check_alone(const char *text, const char *name, const struct layout *layout,
		       struct error *err)
{
	auto_filter struct filter filter = FILTER_NONE;

	return routes_compile(&filter, text, name, layout, err);
}

/* (try ((FILE) | {route, out: .}) catch {route, error: .}) */
static int add_file(struct source *joined, const char *text, const char *name,
		    struct error *err)
{
	if (joined->body.len)
		buf_add_str(&joined->body, ",");
	buf_add_str(&joined->body, "(try ((\n");
	if (take_lines(joined, text, name, err) < 0)
		return -1;
	buf_add_format(&joined->body,
		       ") | {route: \"%s\", out: .}) catch {route: \"%s\", error: .})",
		       name, name);
	return 0;
}

static int is_route_file(const struct dirent *item)
{
	return path_is_safe_name(item->d_name) && str_ends(item->d_name, ".jq");
}

static int read_file(struct source *joined, int dir, const char *name,
		     const struct layout *layout, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (file_read(&text, dir, name, FILE_LIMIT, err) < 0)
		return -1;
	if (strlen(buf_str(&text)) != text.len)
		return error_set(err, ERROR_CONFIG, "%s: a NUL byte in it", name);
	if (check_alone(buf_str(&text), name, layout, err) < 0)
		return -1;
	return add_file(joined, buf_str(&text), name, err);
}

/* Files that hold definitions only compile alone and not in brackets: then we get here. */
static int compile_joined(struct routes *routes, struct source *joined,
			  const struct layout *layout, struct error *err)
{
	if (!joined->body.len)
		buf_add_str(&joined->body, "empty");
	if (compile(&routes->filter, joined, "routes.d", layout, err) < 0)
		return error_wrap(err, "a route file has no expression of its own, or");
	return 0;
}

static int read_files(struct routes *routes, const char *dir, const struct layout *layout,
		      struct error *err)
{
	struct source joined = { BUF_EMPTY, BUF_EMPTY };
	struct dirent **items = NULL;
	auto_close int fd = -1;
	auto_close int shipped = -1;
	int count = scandir(dir, &items, is_route_file, alphasort);
	int failed = 0;
	int i;

	if (count < 0 && errno != ENOENT)
		return error_errno(err, "read routes '%s'", dir);
	if (count > 0 && file_open_dir(&fd, AT_FDCWD, dir, err) < 0)
		failed = -1;
	for (i = 0; i < count; i++) {
		if (!failed)
			failed = read_file(&joined, fd, items[i]->d_name, layout, err);
		free(items[i]);
	}
	free(items);
	if (!failed && shipped_open(&shipped, dir, layout))
		failed = read_file(&joined, shipped, SHIPPED_NAME, layout, err);
	if (!failed)
		failed = compile_joined(routes, &joined, layout, err);
	routes->count = (size_t)(count > 0 ? count : 0) + (shipped >= 0);
	buf_free(&joined.includes);
	buf_free(&joined.body);
	return failed;
}

int routes_load(struct routes *routes, const struct layout *layout, const char *dir,
		struct error *err)
{
	auto_routes struct routes loaded = ROUTES_NONE;
	auto_free char *standard = path_join(layout->conf, "routes.d");

	if (read_files(&loaded, dir ? dir : standard, layout, err) < 0)
		return -1;
	*routes = loaded;
	loaded = (struct routes)ROUTES_NONE;
	return 0;
}

void routes_free(struct routes *routes)
{
	filter_free(&routes->filter);
}

struct delivery *deliveries_add(struct deliveries *deliveries)
{
	struct delivery *grown = realloc(
		deliveries->list, (deliveries->count + 1) * sizeof(*deliveries->list));

	if (!grown)
		abort();
	deliveries->list = grown;
	grown[deliveries->count] = (struct delivery)DELIVERY_EMPTY;
	return &grown[deliveries->count++];
}

void deliveries_free(struct deliveries *deliveries)
{
	size_t i;

	for (i = 0; i < deliveries->count; i++) {
		struct delivery *delivery = &deliveries->list[i];

		free(delivery->route);
		free(delivery->to);
		free(delivery->send);
		free(delivery->lane);
		free(delivery->problem);
		free(delivery->error);
	}
	free(deliveries->list);
	*deliveries = (struct deliveries)DELIVERIES_EMPTY;
}

struct application {
	struct deliveries *deliveries;
	char id[UUID_LEN];
};

static char *text_of(jv value)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (jv_get_kind(value) == JV_KIND_STRING)
		return str_dup(jv_string_value(value));
	json_dump(&text, value);
	return buf_take(&text);
}

/* An object gets the delivery's id, if it has none: the same at every try. */
static char *with_id(jv send, const char *event_id, unsigned n)
{
	auto_jv jv id = json_get(send, "id");
	auto_jv jv whole = jv_copy(send);
	auto_buf struct buf text = BUF_EMPTY;
	char derived[UUID_LEN];

	if (jv_get_kind(send) == JV_KIND_OBJECT &&
	    (!jv_is_valid(id) || jv_get_kind(id) == JV_KIND_NULL)) {
		uuid_derive(derived, event_id, n);
		whole = jv_object_set(whole, jv_string("id"), jv_string(derived));
	}
	json_dump(&text, whole);
	return buf_take(&text);
}

const char *routes_with_name(enum delivery_with with)
{
	if (with == WITH_PAYLOAD)
		return "payload";
	return with == WITH_EVENT ? "event" : NULL;
}

static int read_with(enum delivery_with *with, jv out, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, out, "with", err) < 0)
		return -1;
	if (!text)
		*with = WITH_NOTHING;
	else if (str_equal(text, "payload"))
		*with = WITH_PAYLOAD;
	else if (str_equal(text, "event"))
		*with = WITH_EVENT;
	else
		return error_set(err, ERROR_DATA,
				 "'with' is neither \"payload\" nor \"event\"");
	return 0;
}

/* Two members of one name mean something else to each reader. */
static int check_spliced(jv send, enum delivery_with with, struct error *err)
{
	auto_jv jv own = jv_invalid();

	if (with == WITH_NOTHING || !jv_is_valid(send))
		return 0;
	if (jv_get_kind(send) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA,
				 "'send' must be an object beside 'with'");
	own = json_get(send, routes_with_name(with));
	if (jv_is_valid(own))
		return error_set(err, ERROR_DATA, "'send' has its own '%s' beside 'with'",
				 routes_with_name(with));
	return 0;
}

static int read_out(struct delivery *delivery, jv out, const char *event_id,
		    struct error *err)
{
	auto_jv jv send = json_get(out, "send");

	if (jv_get_kind(out) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA,
				 "an output is no object with 'to' and 'send'");
	if (json_get_string(&delivery->to, out, "to", err) < 0 ||
	    read_with(&delivery->with, out, err) < 0 || lane_read(delivery, out, err) < 0)
		return -1;
	if (!delivery->to || !path_is_safe_name(delivery->to))
		return error_set(err, ERROR_DATA, "'to' is not the name of a consumer");
	if (!jv_is_valid(send) && delivery->with != WITH_EVENT)
		return error_set(err, ERROR_DATA, "'send' is missing");
	if (check_spliced(send, delivery->with, err) < 0)
		return -1;
	if (jv_is_valid(send))
		delivery->send = with_id(send, event_id, delivery->n);
	return 0;
}

static int take_output(void *context, jv output, struct error *err)
{
	struct application *application = context;
	auto_jv jv out = json_get(output, "out");
	auto_jv jv error = json_get(output, "error");
	struct delivery *delivery;

	if (application->deliveries->count == DELIVERIES_MAX)
		return error_set(err, ERROR_DATA, "more than %d deliveries of one event",
				 DELIVERIES_MAX);
	delivery = deliveries_add(application->deliveries);
	delivery->n = (unsigned)application->deliveries->count - 1;
	if (json_get_string(&delivery->route, output, "route", err) < 0)
		return -1;
	if (jv_is_valid(error))
		delivery->problem = text_of(error);
	else if (read_out(delivery, out, application->id, err) < 0)
		delivery->problem = str_dup(err->message);
	return 0;
}

int routes_parse(jv *event, struct str_view line, struct error *err)
{
	auto_buf struct buf mended = BUF_EMPTY;
	struct error ignored = { 0 };

	if (json_parse(event, line.data, line.len, err) == 0)
		return 0;
	/* libjq 1.6 refuses lone surrogates, which JSON allows; the payload as it was
	 * received is not touched. */
	if (!surrogate_mend(&mended, line))
		return -1;
	return json_parse(event, mended.data, mended.len, &ignored) == 0 ? 0 : -1;
}

int routes_apply(struct deliveries *deliveries, struct routes *routes,
		 struct str_view line, struct error *err)
{
	struct application application = { deliveries, "" };
	auto_jv jv event = jv_invalid();
	auto_free char *id = NULL;

	if (routes_parse(&event, line, err) < 0)
		return -1;
	if (json_get_string(&id, event, "id", err) < 0)
		return -1;
	if (!id || !uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "the event has no id");
	memcpy(application.id, id, UUID_LEN);
	return filter_run(&routes->filter, event, take_output, &application, err);
}
