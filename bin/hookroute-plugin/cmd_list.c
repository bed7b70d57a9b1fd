#include <unistd.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/options.h"
#include "bin/hookroute-plugin/print.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

struct listing {
	const struct options *options;
	struct store *store;
	struct registry_plugins plugins;
	struct registry_assignments assignments;
};

/* Also counts its repositories. */
static bool is_wanted(uint64_t *repositories, const struct listing *listing,
		      const char *plugin)
{
	const char *wanted = listing->options->repository;
	bool is_there = !wanted;
	size_t i;

	*repositories = 0;
	for (i = 0; i < listing->assignments.count; i++) {
		const struct registry_assignment *row = &listing->assignments.list[i];

		if (!str_equal(row->plugin, plugin))
			continue;
		++*repositories;
		is_there = is_there || str_equal(row->repository, wanted);
	}
	return is_there;
}

/* The newest version of each, which is the last of its name. */
static int list(struct buf *out, const struct listing *listing, bool json,
		struct error *err)
{
	const struct registry_plugins *plugins = &listing->plugins;
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < plugins->count; i++) {
		const struct registry_plugin *plugin = &plugins->list[i];
		struct print_facts facts = { plugin, 0, STORE_READY };

		if (i + 1 < plugins->count && str_equal(plugin[1].name, plugin->name))
			continue;
		if (!is_wanted(&facts.repositories, listing, plugin->name))
			continue;
		if (listing->options->limit && count++ == listing->options->limit)
			return 0;
		if (store_check(&facts.state, listing->store, plugin, err) < 0)
			return -1;
		if (json)
			print_json(out, &facts);
		else
			print_row(out, &facts);
	}
	return 0;
}

int cmd_list(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_store struct store store = STORE_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	struct listing listing = { options, &store, { NULL, 0 }, { NULL, 0 } };
	const struct registry_page page = { .after = options->after };
	bool json = options->json || !isatty(STDOUT_FILENO);
	int failed;

	if (store_open(&store, layout, err) < 0 || dropped_load(&store, NULL, err) < 0)
		return -1;
	if (!json)
		print_head(&out);
	failed = registry_plugin_list(&listing.plugins, &store.registry, &page, err);
	if (!failed)
		failed = registry_plugin_assignments(&listing.assignments,
						     &store.registry, NULL, err);
	if (!failed)
		failed = list(&out, &listing, json, err);
	registry_plugins_free(&listing.plugins);
	registry_assignments_free(&listing.assignments);
	if (failed)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
