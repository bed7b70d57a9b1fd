#include "bin/hookroute/routes_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bin/hookroute/brackets.h"
#include "bin/hookroute/faults.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1 << 20 };

/* What would end the process or reach outside of the event means nothing in a route. */
static const char fences[] =
	"def _is_wanted: input;"
	"def halt: error(\"halt has no place in a route\");"
	"def halt_error: halt; def halt_error($code): halt;"
	"def input: error(\"input has no place in a route\"); def inputs: input;"
	"def env: {}; def input_filename: null; def input_line_number: 0;"
	"def debug: .; def debug($message): .; def stderr: .;"
	"def modulemeta: error(\"modulemeta has no place in a route\");"
	"def get_search_list: [];";

static bool is_statement(const char *line, const char *word)
{
	line += strspn(line, " \t");
	if (!str_starts(line, word))
		return false;
	line += strlen(word);
	return *line == ' ' || *line == '"';
}

/* Takes what a line begins with of includes, and gives the rest of it. */
static const char *take_includes(struct buf *includes, const char *line)
{
	while (is_statement(line, "include")) {
		size_t start = strspn(line, " \t");
		size_t len = strcspn(line, ";");

		len += line[len] == ';';
		buf_add(includes, line + start, len - start);
		buf_add_char(includes, '\n');
		line += len;
	}
	return line;
}

/* The line stays where an include was, so that the others keep their numbers. */
static void take_lines(struct route_text *made, struct faults *faults)
{
	auto_buf struct buf includes = BUF_EMPTY;
	auto_buf struct buf body = BUF_EMPTY;
	const char *rest = made->text;

	while (rest) {
		struct str_view view = str_split(&rest, '\n');
		auto_free char *line = str_format("%.*s", (int)view.len, view.data);

		made->lines++;
		if (is_statement(line, "import"))
			faults_add(faults, made->name, made->lines,
				   "import is not for routes, include is", NULL);
		buf_add_str(&body, take_includes(&includes, line));
		buf_add_char(&body, '\n');
	}
	made->includes = buf_take(&includes);
	made->body = buf_take(&body);
}

void routes_text_add(struct routes_text *texts, struct faults *faults, const char *name,
		     const char *text)
{
	struct route_text *grown =
		realloc(texts->list, (texts->count + 1) * sizeof(*texts->list));
	auto_free char *what = NULL;
	unsigned line = 0;
	struct route_text *made;

	if (!grown)
		abort();
	texts->list = grown;
	made = &grown[texts->count++];
	*made = (struct route_text){ .name = str_dup(name), .text = str_dup(text) };
	take_lines(made, faults);
	if (!brackets_check(&line, &what, made->body))
		faults_add(faults, name, line, what, text);
}

void routes_text_free(struct routes_text *texts)
{
	size_t i;

	for (i = 0; i < texts->count; i++) {
		free(texts->list[i].name);
		free(texts->list[i].text);
		free(texts->list[i].includes);
		free(texts->list[i].body);
	}
	free(texts->list);
	*texts = (struct routes_text)ROUTES_TEXT_EMPTY;
}

static int is_route_file(const struct dirent *item)
{
	return path_is_safe_name(item->d_name) && str_ends(item->d_name, ".jq");
}

int routes_text_read_file(struct routes_text *texts, struct faults *faults, int dir,
			  const char *name, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	/* One that went while we were reading is gone. */
	if (file_read_if(&text, &found, dir, name, FILE_LIMIT, err) < 0)
		return -1;
	if (!found)
		return 0;
	if (strlen(buf_str(&text)) != text.len)
		faults_add(faults, name, 0, "a NUL byte in it", NULL);
	else
		routes_text_add(texts, faults, name, buf_str(&text));
	return 0;
}

int routes_text_read(struct routes_text *texts, struct faults *faults, const char *dir,
		     struct error *err)
{
	struct dirent **items = NULL;
	auto_close int fd = -1;
	int count = scandir(dir, &items, is_route_file, alphasort);
	int failed = 0;
	int i;

	if (count < 0 && errno != ENOENT)
		return error_errno(err, "read routes '%s'", dir);
	if (count > 0)
		failed = file_open_dir(&fd, AT_FDCWD, dir, err);
	for (i = 0; i < count; i++) {
		if (!failed)
			failed = routes_text_read_file(texts, faults, fd,
						       items[i]->d_name, err);
		free(items[i]);
	}
	free(items);
	return failed;
}

/* Each once: a vocabulary is compiled for all files together. */
static void add_includes(struct buf *program, const char *includes)
{
	const char *rest = includes;

	while (rest) {
		struct str_view view = str_split(&rest, '\n');
		auto_free char *line = str_format("%.*s ", (int)view.len, view.data);

		if (view.len && !strstr(buf_str(program), line))
			buf_add_str(program, line);
	}
}

void routes_text_program(struct buf *program, struct routes_text *texts, size_t begin,
			 size_t end)
{
	unsigned line = 2;
	size_t i;

	for (i = begin; i < end; i++)
		add_includes(program, texts->list[i].includes);
	buf_add_str(program, fences);
	buf_add_char(program, '\n');
	for (i = begin; i < end; i++) {
		struct route_text *text = &texts->list[i];

		buf_add_format(program, "def _f%zu: {} as $ENV | (\n%s);\n", i,
			       text->body);
		text->first = line + 1;
		line += text->lines + 2;
	}
	for (i = begin; i < end; i++)
		buf_add_format(program,
			       "%s(if _is_wanted then (try (_f%zu | [.]) "
			       "catch {error: .}) else empty end)",
			       i > begin ? "," : "", i);
	if (begin == end)
		buf_add_str(program, "empty");
}

void routes_text_fence(struct buf *program, const char *text)
{
	struct routes_text texts = ROUTES_TEXT_EMPTY;
	auto_faults struct faults ignored = FAULTS_EMPTY;

	routes_text_add(&texts, &ignored, "", text);
	add_includes(program, texts.list[0].includes);
	buf_add_format(program, "%s{} as $ENV | (\n%s)", fences, texts.list[0].body);
	routes_text_free(&texts);
}
