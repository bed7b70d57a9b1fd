#include "bin/hookrecv/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/reconcile.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/registry.h"
#include "lib/str.h"

/* Two at once would ask for everything twice. */
static int lock(int *fd, const struct layout *layout, struct error *err)
{
	auto_free char *folder = str_format("%s/recovered", layout->state);
	auto_free char *file = str_format("%s/.lock", folder);
	auto_close int opened = -1;

	if (file_make_dirs(folder, 0700, err) < 0)
		return -1;
	opened = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (opened < 0)
		return error_errno(err, "open '%s'", file);
	if (flock(opened, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? error_set(err, ERROR_TEMPORARY,
					   "another hookrecv reconcile is at work")
			       : error_errno(err, "lock '%s'", file);
	*fd = steal_fd(&opened);
	return 0;
}

/* The hook that an App has was perhaps entered by hand: it is remembered. */
static int set_app(struct registry_hook *hook, struct registry *registry,
		   const struct options *options, struct error *err)
{
	if (!str_equal(hook->provider, "github"))
		return error_set(err, ERROR_USAGE, "Apps are GitHub's, '%s' is of %s",
				 hook->name, hook->provider);
	free(hook->app);
	free(hook->forge);
	hook->app = str_dup(options->app);
	hook->forge = str_dup("/app/hook");
	return options->dry_run ? 0 : registry_set_forge(registry, hook, err);
}

static int reconcile_one(struct reconcile *reconcile, struct registry *registry,
			 struct error *err)
{
	auto_registry_hook struct registry_hook hook = REGISTRY_HOOK_EMPTY;
	const char *key = reconcile->options->operand;
	bool found = false;

	if (registry_find(&hook, &found, registry, key, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT,
				 "no hook '%s': hookrecv list shows what there is", key);
	if (!hook.enabled)
		return error_set(err, ERROR_DATA, "'%s' is disabled", key);
	if (reconcile->options->app &&
	    set_app(&hook, registry, reconcile->options, err) < 0)
		return -1;
	if (!hook.forge)
		return error_set(
			err, ERROR_DATA,
			"the hook of '%s' at the forge is not known: hookrecv add "
			"%s --create makes one",
			hook.name, hook.name);
	return reconcile_hook(reconcile, &hook, err);
}

/* One that fails does not keep the others from their turn; but where a forge wants to be left
 * alone, all of its hooks wait.  The first failure is the one that is reported. */
static int reconcile_all(struct reconcile *reconcile, struct registry *registry,
			 struct error *err)
{
	auto_registry_hooks struct registry_hooks hooks = REGISTRY_HOOKS_EMPTY;
	const char *left_alone[2] = { NULL, NULL };
	int status = 0;

	if (registry_list(&hooks, registry, err) < 0)
		return -1;
	for (size_t i = 0; i < hooks.count; i++) {
		const struct registry_hook *hook = &hooks.hooks[i];
		struct error said = { 0 };

		if (!hook->forge || !hook->enabled ||
		    str_equal(hook->provider, left_alone[0]) ||
		    str_equal(hook->provider, left_alone[1]) ||
		    reconcile_hook(reconcile, hook, &said) == 0)
			continue;
		if (said.kind == ERROR_TEMPORARY)
			left_alone[left_alone[0] != NULL] = hook->provider;
		if (status < 0)
			log_error("%s", said.message);
		else
			*err = said;
		status = -1;
	}
	return status;
}

int cmd_reconcile(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	auto_close int fd = -1;
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_reconcile struct reconcile reconcile = RECONCILE_NONE;

	if (options->second)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->second);
	if (options->app && !options->operand)
		return error_set(err, ERROR_USAGE,
				 "--app wants the hook that the App sends to");
	if (lock(&fd, layout, err) < 0 || registry_open(&registry, layout, err) < 0 ||
	    reconcile_open(&reconcile, options, layout, err) < 0)
		return -1;
	if ((options->operand ? reconcile_one(&reconcile, &registry, err)
			      : reconcile_all(&reconcile, &registry, err)) < 0)
		return -1;
	if (reconcile.put_off)
		return error_set(
			err, ERROR_TEMPORARY,
			"%u more deliveries are to be sent again: come again in a "
			"minute",
			reconcile.put_off);
	return 0;
}
