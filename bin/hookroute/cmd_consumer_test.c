#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/conform.h"
#include "bin/hookroute/options.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"

/* TAP: testanything.org. */
static void write_text(struct buf *out, const struct conform *conform,
		       const struct conform_check *check, bool passed)
{
	buf_add_format(out, "%sok %zu - %s: %s\n", passed ? "" : "not ",
		       (size_t)(check - conform_checks) + 1, check->name,
		       check->expected);
	if (!passed)
		buf_add_format(out, "# seen: %s\n", buf_str(&conform->seen));
}

static void write_json(struct buf *out, const struct conform *conform,
		       const struct conform_check *check, bool passed)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "check", check->name);
	json_write_bool(&writer, "ok", passed);
	json_write_string(&writer, "expected", check->expected);
	if (!passed)
		json_write_string(&writer, "seen", buf_str(&conform->seen));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int run_check(size_t *failed, struct conform *conform,
		     const struct conform_check *check, const struct options *options,
		     struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	bool passed = check->run(conform);

	*failed += !passed;
	if (options->json)
		write_json(&out, conform, check, passed);
	else
		write_text(&out, conform, check, passed);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

static int run_checks(struct conform *conform, const struct options *options,
		      struct error *err)
{
	auto_buf struct buf plan = BUF_EMPTY;
	size_t failed = 0;
	size_t i;

	buf_add_format(&plan, "1..%zu\n", conform_check_count);
	if (!options->json &&
	    file_write(STDOUT_FILENO, plan.data, plan.len, "standard output", err) < 0)
		return -1;
	for (i = 0; i < conform_check_count; i++) {
		if (run_check(&failed, conform, &conform_checks[i], options, err) < 0)
			return -1;
	}
	if (!failed)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "'%s' fails %zu of %zu checks, see hookpipe(7)",
			 conform->argv[0], failed, conform_check_count);
}

int cmd_consumer_test(const struct options *options, const struct layout *layout,
		      struct error *err)
{
	struct conform conform = { .argv = options->operands,
				   .timeout_ms = (int)options->timeout_ms,
				   .samples = CONFORM_SAMPLES_EMPTY };
	int failed;

	(void)layout;
	if (!options->operand_count)
		return error_set(err, ERROR_USAGE,
				 "which program?  hookroute consumer-test PROGRAM "
				 "[ARG...]");
	failed = conform_samples_read(&conform.samples, options->values, err);
	if (!failed)
		failed = conform_probe(&conform, err);
	if (!failed)
		failed = run_checks(&conform, options, err);
	conform_samples_free(&conform.samples);
	buf_free(&conform.seen);
	return failed;
}
