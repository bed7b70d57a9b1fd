#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/reference.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/error.h"
#include "lib/registry_assign.h"

/* One of a kind that is there may be asked for; it may be the only one for ever. */
static int check_version(const struct registry_plugins *versions,
			 const struct reference *reference, struct error *err)
{
	char version[VERSION_LEN];
	size_t i;

	for (i = 0; i < versions->count; i++) {
		if (version_matches(&reference->version, &versions->list[i].version))
			return 0;
	}
	version_format(version, &reference->version);
	return error_set(err, ERROR_ABSENT,
			 "no version %s of '%s': hookroute plugin show %s tells them",
			 version, reference->name, reference->name);
}

int cmd_assign(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_plugins struct registry_plugins versions = { NULL, 0 };
	auto_reference struct reference reference = REFERENCE_EMPTY;
	char version[VERSION_LEN];

	if (reference_parse(&reference, options->operands[0], err) < 0 ||
	    store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0 ||
	    store_find(&versions, &store, reference.name, err) < 0 ||
	    check_version(&versions, &reference, err) < 0)
		return -1;
	version_format(version, &reference.version);
	return registry_assign_version(&store.registry, reference.name,
				       options->operands[1], version, err);
}

int cmd_unassign(const struct options *options, const struct layout *layout,
		 struct error *err)
{
	auto_store struct store store = STORE_NONE;

	if (store_open(&store, layout, err) < 0)
		return -1;
	return registry_unassign(&store.registry, options->operands[0],
				 options->operands[1], err);
}
