#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/consumer_file.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/retry.h"
#include "bin/hookroute/routes.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"

static bool is_in_path(const char *program)
{
	const char *rest = getenv("PATH");

	while (rest) {
		struct str_view dir = str_split(&rest, ':');
		auto_free char *file =
			str_format("%.*s/%s", (int)dir.len, dir.data, program);

		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

static int check_consumer(const char *name, const struct layout *layout,
			  struct error *err)
{
	auto_consumer_file struct consumer_file file = CONSUMER_FILE_EMPTY;
	const char *program;

	if (consumer_file_read(&file, name, layout, err) < 0)
		return -1;
	program = file.argv[0];
	if (strchr(program, '/') ? access(program, X_OK) == 0 : is_in_path(program))
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "consumers.d/%s.json: there is no program '%s' to execute", name,
			 program);
}

static int check_consumers(size_t *count, const char *folder, const struct layout *layout,
			   struct error *err)
{
	auto_free char *path = path_join(folder, "consumers.d");
	auto_closedir DIR *dir = opendir(path);
	struct dirent *item;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "read folder '%s'", path);
	while ((item = readdir(dir))) {
		auto_free char *name = NULL;

		if (!path_is_safe_name(item->d_name) || !str_ends(item->d_name, ".json"))
			continue;
		name = str_format("%.*s", (int)(strlen(item->d_name) - strlen(".json")),
				  item->d_name);
		if (check_consumer(name, layout, err) < 0)
			return -1;
		(*count)++;
	}
	return 0;
}

int cmd_check(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_routes struct routes routes = ROUTES_NONE;
	auto_config struct config config = CONFIG_EMPTY;
	struct retry retry;
	size_t consumers = 0;

	if (config_load(&config, layout, err) < 0 ||
	    retry_read(&retry, config_get(&config, "HOOKTOOLS_RETRY"), "HOOKTOOLS_RETRY",
		       err) < 0 ||
	    routes_load(&routes, layout, options->routes, err) < 0 ||
	    check_consumers(&consumers, layout->share, layout, err) < 0 ||
	    check_consumers(&consumers, layout->conf, layout, err) < 0)
		return -1;
	if (printf("%zu routes and %zu consumers are fine\n", routes.count, consumers) <
		    0 ||
	    fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}
