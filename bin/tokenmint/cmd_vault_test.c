#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/conform.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/options.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/layout.h"

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
	bool passed = false;

	if (conform_clean(conform, err) < 0)
		return -1;
	passed = check->run(conform);
	*failed += !passed;
	if (options->json)
		write_json(&out, conform, check, passed);
	else
		write_text(&out, conform, check, passed);
	return io_write(&out, err);
}

static int run_checks(struct conform *conform, const struct options *options,
		      struct error *err)
{
	auto_buf struct buf plan = BUF_EMPTY;
	size_t failed = 0;

	buf_add_format(&plan, "1..%zu\n", conform_check_count);
	if (!options->json && io_write(&plan, err) < 0)
		return -1;
	for (size_t i = 0; i < conform_check_count; i++)
		if (run_check(&failed, conform, &conform_checks[i], options, err) < 0)
			return -1;
	if (conform_clean(conform, err) < 0)
		return -1;
	if (!failed)
		return 0;
	return error_set(err, ERROR_ABSENT,
			 "'%s' fails %zu of %zu checks, see hookvault(5)",
			 conform->store.program, failed, conform_check_count);
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
