#include "bin/hookroute/routes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/evaluator.h"
#include "bin/hookroute/faults.h"
#include "bin/hookroute/routes_look.h"
#include "bin/hookroute/routes_text.h"
#include "bin/hookroute/shipped.h"
#include "bin/hookroute/surrogate.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/layout.h"
#include "lib/path.h"

enum {
	TIME_MS = 1000,
	TIME_MIN_MS = 10,
	MEMORY_BYTES = 256 << 20,
	MEMORY_MIN_BYTES = 8 << 20,
};

int routes_limits_read(struct routes_limits *limits, const struct config *config,
		       struct error *err)
{
	const char *time = config_get(config, "HOOKTOOLS_ROUTE_TIME");
	const char *memory = config_get(config, "HOOKTOOLS_ROUTE_MEMORY");

	*limits = (struct routes_limits){ TIME_MS, MEMORY_BYTES };
	if (time && (str_to_duration(&limits->time_ms, time, err) < 0 ||
		     limits->time_ms < TIME_MIN_MS))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_ROUTE_TIME is not 10ms or more: '%s'", time);
	if (memory && (str_to_size(&limits->memory_bytes, memory, err) < 0 ||
		       limits->memory_bytes < MEMORY_MIN_BYTES))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_ROUTE_MEMORY is not 8M or more: '%s'",
				 memory);
	return 0;
}

/* The files from begin to end, while their program is compiled. */
struct compilation {
	const struct layout *layout;
	struct routes_text *texts;
	size_t begin;
	size_t end;
	struct faults *faults;
	size_t strays; /* faults that are nobody's */
};

static unsigned last_line(const char *text)
{
	unsigned line = 1;
	unsigned last = 1;

	for (; *text; text++) {
		if (*text == '\n')
			line++;
		else if (*text != ' ' && *text != '\t' && *text != '\r')
			last = line;
	}
	return last;
}

/* Behind a file there is a closing bracket. */
static void add_fault(struct compilation *compilation, const struct route_text *text,
		      unsigned line, const char *what)
{
	if (line > text->lines) {
		line = last_line(text->text);
		what = "it ends where an expression is missing";
	}
	faults_add(compilation->faults, text->name, line, what, text->text);
}

static void take_fault(void *context, const struct filter_fault *found)
{
	struct compilation *compilation = context;
	size_t i;

	if (found->file) {
		faults_add(compilation->faults, found->file, found->line, found->what,
			   NULL);
		return;
	}
	for (i = compilation->begin; i < compilation->end; i++) {
		const struct route_text *text = &compilation->texts->list[i];

		if (found->line >= text->first &&
		    found->line <= text->first + text->lines) {
			add_fault(compilation, text, found->line - text->first + 1,
				  found->what);
			return;
		}
	}
	compilation->strays++;
	/* A file that is alone: then it is in what it includes. */
	if (compilation->end - compilation->begin == 1)
		faults_add(compilation->faults,
			   compilation->texts->list[compilation->begin].name, 0,
			   found->what, NULL);
}

static int compile_in(struct filter *filter, struct filter_program *program,
		      const struct layout *layout, struct error *err)
{
	auto_free char *shared = path_join(layout->share, "jq");
	auto_free char *own = path_join(layout->conf, "jq");
	const char *const library[] = { own, shared, NULL };

	program->library = library;
	return filter_compile(filter, program, err);
}

int routes_compile(struct filter *filter, const char *text, const char *name,
		   const struct layout *layout, struct error *err)
{
	struct filter_program program = { .name = name };
	auto_buf struct buf fenced = BUF_EMPTY;

	routes_text_fence(&fenced, text);
	program.text = buf_str(&fenced);
	return compile_in(filter, &program, layout, err);
}

static bool compile(struct filter *filter, struct compilation *compilation)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct filter_program program = {
		.name = "routes.d",
		.fault = take_fault,
		.context = compilation,
	};
	struct error err = { 0 };

	routes_text_program(&text, compilation->texts, compilation->begin,
			    compilation->end);
	program.text = buf_str(&text);
	if (compile_in(filter, &program, compilation->layout, &err) == 0)
		return true;
	if (!compilation->faults->count && !compilation->strays)
		faults_add(compilation->faults, "routes.d", 0, err.message, NULL);
	return false;
}

static bool has_fault(const struct faults *faults, const char *name)
{
	size_t i;

	for (i = 0; i < faults->count; i++) {
		if (str_equal(faults->list[i].file, name))
			return true;
	}
	return false;
}

static void compile_each(struct compilation *compilation)
{
	size_t i;

	for (i = 0; i < compilation->texts->count; i++) {
		auto_filter struct filter filter = FILTER_NONE;

		if (has_fault(compilation->faults, compilation->texts->list[i].name))
			continue;
		compilation->begin = i;
		compilation->end = i + 1;
		(void)compile(&filter, compilation);
	}
}

/* Compiled together they take little more than one; each by itself where a fault is not
 * seen to be in one of them, or all faults are wanted. */
static void compile_all(struct routes *routes, struct compilation *compilation,
			bool want_all)
{
	if (compile(&routes->filter, compilation))
		return;
	if (want_all || !compilation->faults->count) {
		faults_free(compilation->faults);
		compile_each(compilation);
	}
	if (!compilation->faults->count)
		faults_add(compilation->faults, "routes.d", 0,
			   "the files do not compile together", NULL);
}

static int read_text(struct routes_text *texts, struct faults *faults,
		     const struct layout *layout, const char *dir, struct error *err)
{
	auto_free char *standard = path_join(layout->conf, "routes.d");
	auto_close int shipped = -1;

	if (!dir)
		dir = standard;
	if (routes_text_read(texts, faults, dir, err) < 0)
		return -1;
	if (!shipped_open(&shipped, dir, layout))
		return 0;
	return routes_text_read_file(texts, faults, shipped, SHIPPED_NAME, err);
}

static void take_names(struct routes *routes, const struct routes_text *texts)
{
	size_t i;

	routes->names = calloc(texts->count + 1, sizeof(*routes->names));
	if (!routes->names)
		abort();
	for (i = 0; i < texts->count; i++)
		routes->names[i] = str_dup(texts->list[i].name);
	routes->count = texts->count;
}

static int read_limits(struct routes_limits *limits, const struct layout *layout,
		       struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;

	if (config_load(&config, layout, err) < 0)
		return -1;
	return routes_limits_read(limits, &config, err);
}

int routes_load(struct routes *routes, const struct layout *layout, const char *dir,
		struct error *err)
{
	auto_routes struct routes loaded = ROUTES_NONE;
	auto_routes_text struct routes_text texts = ROUTES_TEXT_EMPTY;
	auto_faults struct faults faults = FAULTS_EMPTY;
	struct compilation compilation = { layout, &texts, 0, 0, &faults, 0 };

	if (read_limits(&loaded.limits, layout, err) < 0 ||
	    read_text(&texts, &faults, layout, dir, err) < 0)
		return -1;
	compilation.end = texts.count;
	if (!faults.count)
		compile_all(&loaded, &compilation, false);
	if (faults.count)
		return faults_error(&faults, err);
	take_names(&loaded, &texts);
	loaded.look = routes_look_make(&texts, layout);
	*routes = loaded;
	loaded = (struct routes)ROUTES_NONE;
	return 0;
}

int routes_check(struct faults *faults, size_t *count, const struct layout *layout,
		 const char *dir, struct error *err)
{
	auto_routes struct routes routes = ROUTES_NONE;
	auto_routes_text struct routes_text texts = ROUTES_TEXT_EMPTY;
	struct compilation compilation = { layout, &texts, 0, 0, faults, 0 };

	if (read_text(&texts, faults, layout, dir, err) < 0)
		return -1;
	*count = texts.count;
	compilation.end = texts.count;
	/* A file with a stray bracket would hide what is wrong with the others. */
	if (faults->count)
		compile_each(&compilation);
	else
		compile_all(&routes, &compilation, true);
	return 0;
}

void routes_free(struct routes *routes)
{
	size_t i;

	evaluator_free(routes->evaluator);
	routes_look_free(routes->look);
	filter_free(&routes->filter);
	for (i = 0; i < routes->count; i++)
		free(routes->names[i]);
	free(routes->names);
	*routes = (struct routes)ROUTES_NONE;
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
