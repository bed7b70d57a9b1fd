#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/rehearse.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"

enum { WANT_LIMIT = 256 << 20 };

static int read_all(struct buf *out, struct rehearsal *rehearsal, const char *file,
		    struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *rest;

	if (file_read(&text, AT_FDCWD, file, WANT_LIMIT, err) < 0)
		return -1;
	rest = buf_str(&text);
	while (rest) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len || rest)
			rehearse_line(out, rehearsal, line);
	}
	return 0;
}

static bool is_same(struct str_view got, struct str_view want)
{
	auto_jv jv a = jv_invalid();
	auto_jv jv b = jv_invalid();
	struct error ignored = { 0 };

	if (json_parse(&a, got.data, got.len, &ignored) < 0 ||
	    json_parse(&b, want.data, want.len, &ignored) < 0)
		return false;
	return jv_equal(jv_copy(a), jv_copy(b)) != 0;
}

static struct str_view next_line(const char **rest)
{
	return *rest ? str_split(rest, '\n') : (struct str_view){ "", 0 };
}

/* Prints the first line that differs. */
static bool compare(const char *file, const struct buf *got, const struct buf *want)
{
	const char *got_rest = buf_str(got);
	const char *want_rest = buf_str(want);
	unsigned number;

	for (number = 1; got_rest || want_rest; number++) {
		struct str_view a = next_line(&got_rest);
		struct str_view b = next_line(&want_rest);

		if ((a.len == 0 && b.len == 0) || is_same(a, b))
			continue;
		printf("%s: delivery %u differs\n-%.*s\n+%.*s\n", file, number,
		       (int)b.len, b.data, (int)a.len, a.data);
		return false;
	}
	return true;
}

static int test_file(bool *same, struct rehearsal *rehearsal, const char *file,
		     struct error *err)
{
	auto_free char *want_file = str_format("%s.want", file);
	auto_buf struct buf got = BUF_EMPTY;
	auto_buf struct buf want = BUF_EMPTY;
	bool found = false;

	if (file_read_if(&want, &found, AT_FDCWD, want_file, WANT_LIMIT, err) < 0 ||
	    read_all(&got, rehearsal, file, err) < 0)
		return -1;
	if (!found) {
		*same = true;
		return file_write(STDOUT_FILENO, got.data, got.len, "standard output",
				  err);
	}
	/* A failure that is wanted is none. */
	rehearsal->failed = 0;
	*same = compare(file, &got, &want);
	return 0;
}

int cmd_test(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_routes struct routes routes = ROUTES_NONE;
	struct rehearsal rehearsal = { &routes, NULL, 0, 0 };
	size_t different = 0;
	size_t i;

	if (routes_load(&routes, layout, options->routes, err) < 0)
		return -1;
	if (!options->operand_count && rehearse_input(&rehearsal, STDIN_FILENO, err) < 0)
		return -1;
	for (i = 0; i < options->operand_count; i++) {
		bool same = false;

		rehearsal.lines = 0;
		if (test_file(&same, &rehearsal, options->operands[i], err) < 0)
			return -1;
		different += !same;
	}
	if (fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	if (different)
		return error_set(err, ERROR_ABSENT, "%zu of %zu files differ", different,
				 options->operand_count);
	return rehearse_verdict(&rehearsal, err);
}
