#include "bin/hookrecv/explain.h"

#include <unistd.h>

#include "bin/hookrecv/diagnose.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/refusal.h"
#include "bin/hookrecv/trace.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/registry.h"
#include "lib/str.h"

/* What was refused lately, and why. */

enum { LAST = 20 };

static int find_hook(struct registry_hook *hook, const char *key,
		     struct registry *registry, struct error *err)
{
	bool found = false;

	if (registry_find(hook, &found, registry, key, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "no hook '%s': hookrecv list shows what there is", key);
	return 0;
}

static const char *name_of(const struct registry_hooks *hooks, const char *id)
{
	size_t i;

	for (i = 0; i < hooks->count; i++) {
		if (str_equal(hooks->hooks[i].id, id))
			return hooks->hooks[i].name;
	}
	return NULL;
}

/* Keep those of one hook. */
static void choose(struct trace_records *records, const char *hook)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < records->count; i++) {
		if (str_equal(records->list[i].hook, hook))
			records->list[kept++] = records->list[i];
	}
	records->count = kept;
}

static int print_all(const struct trace_records *records,
		     const struct registry_hooks *hooks, const struct options *options,
		     struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	bool json = options->json || !isatty(STDOUT_FILENO);
	size_t last = options->last ? options->last : LAST;
	size_t i = records->count > last ? records->count - last : 0;

	for (; i < records->count; i++)
		refusal_print(&out, &records->list[i],
			      name_of(hooks, records->list[i].hook), json);
	if (!records->count && !json)
		buf_add_str(&out, "nothing was refused\n");
	return print_out(&out, err);
}

int explain_trace(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	auto_free char *path = path_join(layout->state, "refused");
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;
	auto_trace_records struct trace_records records = TRACE_RECORDS_EMPTY;
	auto_trace struct trace trace = TRACE_NONE;

	if (registry_open(&registry, layout, err) < 0 ||
	    registry_list(&hooks, &registry, err) < 0 ||
	    (options->operand && find_hook(&hook, options->operand, &registry, err) < 0))
		return -1;
	if (access(path, F_OK) == 0) {
		if (trace_open(&trace, path, err) < 0)
			return -1;
		trace_read(&records, &trace);
	}
	if (options->operand)
		choose(&records, hook.id);
	return print_all(&records, &hooks, options, err);
}
