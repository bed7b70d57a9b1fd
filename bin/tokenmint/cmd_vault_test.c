#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/conform.h"
#include "bin/tokenmint/options.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/tap.h"

static int run_check(struct tap *tap, struct conform *conform,
		     const struct conform_check *check, struct error *err)
{
	struct tap_check found = { .name = check->name, .expected = check->expected };

	if (conform_clean(conform, err) < 0)
		return -1;
	found.passed = check->run(conform);
	found.seen = buf_str(&conform->seen);
	return tap_report(tap, &found, err);
}

static int run_checks(struct conform *conform, const struct options *options,
		      struct error *err)
{
	struct tap tap = { .json = options->json, .planned = conform_check_count };

	if (tap_begin(&tap, err) < 0)
		return -1;
	for (size_t i = 0; i < conform_check_count; i++)
		if (run_check(&tap, conform, &conform_checks[i], err) < 0)
			return -1;
	if (conform_clean(conform, err) < 0)
		return -1;
	if (!tap.failed)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "'%s' fails %zu of %zu checks, see hookvault(5)",
			 conform->store.program, tap.failed, tap.planned);
}

/* NAME[:PATH] as in the setting, or the path of a program, which has a slash. */
static int find_store(struct vault_stores *stores, const char *text, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_free char *setting = str_format("global/=%s", text);

	if (layout_read(&layout, err) < 0)
		return -1;
	return vault_stores_parse(stores, setting, &layout, err);
}

static int test_store(const struct vault_store *store, const struct options *options,
		      struct error *err)
{
	struct conform conform = { .store = *store, .seen = BUF_EMPTY };
	int status = 0;

	conform.prefix = str_format("global/hooktools-test.%ld.", (long)getpid());
	status = run_checks(&conform, options, err);
	free(conform.prefix);
	buf_free(&conform.seen);
	return status;
}

int cmd_vault_test(const struct options *options, const char *const *operands,
		   struct error *err)
{
	auto_vault_stores struct vault_stores stores = VAULT_STORES_NONE;
	auto_free char *program = str_dup(operands[0]);
	struct vault_store given = { (char[]){ "global/" }, program, (char[]){ "" } };

	if (strchr(program, '/') && access(program, X_OK) == 0)
		return test_store(&given, options, err);
	if (find_store(&stores, operands[0], err) < 0)
		return -1;
	return test_store(&stores.items[0], options, err);
}
