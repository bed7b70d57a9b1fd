#include "bin/hookroute/commands.h"
#include "bin/hookroute/conform.h"
#include "bin/hookroute/options.h"
#include "lib/error.h"
#include "lib/tap.h"

static int run_checks(struct conform *conform, const struct options *options,
		      struct error *err)
{
	struct tap tap = { .json = options->json, .planned = conform_check_count };
	size_t i;

	if (tap_begin(&tap, err) < 0)
		return -1;
	for (i = 0; i < conform_check_count; i++) {
		const struct conform_check *check = &conform_checks[i];
		const bool passed = check->run(conform);
		const struct tap_check found = { check->name, check->expected,
						 buf_str(&conform->seen), passed };

		if (tap_report(&tap, &found, err) < 0)
			return -1;
	}
	if (!tap.failed)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "'%s' fails %zu of %zu checks, see hookpipe(7)",
			 conform->argv[0], tap.failed, tap.planned);
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
