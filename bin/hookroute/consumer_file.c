#include "bin/hookroute/consumer_file.h"

#include <fcntl.h>
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 65536, IN_FLIGHT = 64, IN_FLIGHT_MAX = 4096, ARGUMENTS_MAX = 256 };

static int find_file(struct buf *text, const char *name, const struct layout *layout,
		     struct error *err)
{
	const char *const folders[] = { layout->conf, layout->share };
	bool found = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		auto_free char *path =
			str_format("%s/consumers.d/%s.json", folders[i], name);

		if (file_read_if(text, &found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
			return -1;
		if (found)
			return 0;
	}
	return error_set(err, ERROR_ABSENT,
			 "no consumer '%s': make %s/consumers.d/%s.json, see hookroutes(5)", name,
			 layout->conf, name);
}

static int read_argv(char ***argv, jv exec, struct error *err)
{
	size_t count = jv_get_kind(exec) == JV_KIND_ARRAY ? json_length(exec) : 0;
	char **list;
	size_t i;

	if (count == 0 || count > ARGUMENTS_MAX)
		return error_set(err, ERROR_CONFIG, "'exec' is no list of words");
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		abort();
	for (i = 0; i < count; i++) {
		if (json_element(&list[i], exec, i, "'exec'", err) < 0) {
			consumer_file_free(list);
			return -1;
		}
	}
	*argv = list;
	return 0;
}

static int read_text(char ***argv, uint64_t *in_flight, const struct buf *text,
		     struct error *err)
{
	auto_jv jv file = jv_invalid();
	auto_jv jv exec = jv_invalid();
	uint64_t number = IN_FLIGHT;

	if (json_parse(&file, buf_str(text), text->len, err) < 0 ||
	    json_get_u64(&number, file, "in_flight", err) < 0)
		return -1;
	if (number < 1 || number > IN_FLIGHT_MAX)
		return error_set(err, ERROR_CONFIG, "'in_flight' is not from 1 to %d",
				 IN_FLIGHT_MAX);
	exec = json_get(file, "exec");
	if (read_argv(argv, exec, err) < 0)
		return -1;
	*in_flight = number;
	return 0;
}

int consumer_file_read(char ***argv, uint64_t *in_flight, const char *name,
		       const struct layout *layout, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	if (find_file(&text, name, layout, err) < 0)
		return -1;
	if (read_text(argv, in_flight, &text, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "consumers.d/%s.json", name);
	}
	return 0;
}

void consumer_file_free(char **argv)
{
	char **word;

	for (word = argv; word && *word; word++)
		free(*word);
	free(argv);
}
