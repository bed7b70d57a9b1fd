/* runjob-diff: what differs between the two objects on standard input.  See runjob(1), diff. */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/filter.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/program_helper.h"
#include "lib/str.h"

enum { INPUT_LIMIT = 256 * 1024 * 1024 };

static const char usage[] =
	"usage: runjob-diff [--json] (started by runjob, not by hand)";

/* What differs from job to job is no difference; of the environment only the names count.  The
 * tasks of a pipeline are told apart by their ids. */
static const char program[] =
	"def flat: [paths(type != \"object\") as $p | select(all($p[]; type == "
	"\"string\")) |\n"
	"	{key: ($p | join(\".\")), value: getpath($p)}] | from_entries;\n"
	"def side: del(.spec.id, .spec.again, .spec.run, .status.id, "
	".status.pid, .status.created_at,\n"
	"	.status.started_at, .status.finished_at) |\n"
	"	if has(\"environment\") then .environment |= with_entries(.value = true) "
	"else . end |\n"
	"	if has(\"tasks\") then .tasks |= ({\"(order)\": map(.id)} + (map({key: "
	".id, "
	"value: del(.id)}) | from_entries))\n"
	"	else . end | flat;\n"
	"(.a | side) as $a | (.b | side) as $b | ($a + $b | keys[]) |\n"
	"select($a[.] != $b[.]) | {what: ., a: $a[.], b: $b[.]}";

struct printing {
	bool json;
	bool differs;
};

static int print_one(void *context, jv output, struct error *err)
{
	struct printing *printing = context;
	auto_jv jv a = json_get(output, "a");
	auto_jv jv b = json_get(output, "b");
	auto_jv jv what = json_get(output, "what");
	auto_buf struct buf left = BUF_EMPTY;
	auto_buf struct buf right = BUF_EMPTY;

	printing->differs = true;
	if (printing->json)
		return json_print(stdout, output, err);
	json_dump(&left, a);
	json_dump(&right, b);
	if (printf("%s: %s -> %s\n", jv_string_value(what), buf_str(&left),
		   buf_str(&right)) < 0)
		return error_errno(err, "write standard output");
	return 0;
}

/* {"a":{...},"b":{...}} */
static int diff(struct printing *printing, struct error *err)
{
	const struct filter_program source = { .text = program, .name = "diff" };
	auto_filter struct filter filter = FILTER_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	auto_jv jv sides = jv_invalid();

	if (file_read_fd(&text, STDIN_FILENO, INPUT_LIMIT, err) < 0 ||
	    json_parse(&sides, text.data, text.len, err) < 0 ||
	    filter_compile(&filter, &source, err) < 0 ||
	    filter_run(&filter, sides, print_one, printing, err) < 0)
		return -1;
	return fflush(stdout) == 0 ? 0 : error_errno(err, "write standard output");
}

int main(int argc, char *argv[])
{
	struct printing printing = { argc == 2 && str_equal(argv[1], "--json"), false };
	struct error err = { 0 };

	if (program_helper("runjob", usage, argc, argv))
		return 0;
	if (argc > 1 && !printing.json)
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if (diff(&printing, &err) == 0)
		return printing.differs ? 1 : 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
