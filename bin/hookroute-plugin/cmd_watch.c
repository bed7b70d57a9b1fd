#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "bin/hookroute-plugin/commands.h"
#include "bin/hookroute-plugin/dropped.h"
#include "bin/hookroute-plugin/store.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/str.h"

enum { AGAIN_MS = 1000, EVENTS_LEN = 4096 };

/* What is known of the files: a row for each version as it was at the last look. */
struct watcher {
	struct store store;
	const struct layout *layout;
	int inotify;
	bool is_open; /* the store */
	bool is_told; /* our starter knows that there are plugins */
	bool unsettled;
	struct registry_plugins plugins;
	enum store_state *states;
};

/* Both folders may come and go; one that is watched already stays so. */
static void watch_folders(const struct watcher *watcher, const char *dropped,
			  const char *own)
{
	const uint32_t files = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
			       IN_ATTRIB | IN_ONLYDIR;
	const uint32_t folders = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;

	(void)inotify_add_watch(watcher->inotify, watcher->layout->conf, folders);
	(void)inotify_add_watch(watcher->inotify, watcher->layout->state, folders);
	(void)inotify_add_watch(watcher->inotify, dropped, files);
	(void)inotify_add_watch(watcher->inotify, own, files);
}

/* What is seen for the first time is taken to have been well. */
static enum store_state state_before(const struct watcher *watcher,
				     const struct registry_plugin *plugin)
{
	size_t i;

	for (i = 0; i < watcher->plugins.count; i++) {
		const struct registry_plugin *old = &watcher->plugins.list[i];

		if (str_equal(old->name, plugin->name) &&
		    version_compare(&old->version, &plugin->version) == 0)
			return watcher->states[i];
	}
	return STORE_READY;
}

static void tell(const struct store *store, const struct registry_plugin *plugin,
		 enum store_state state)
{
	auto_free char *path = store_path(store, plugin);
	char version[VERSION_LEN];

	version_format(version, &plugin->version);
	if (state == STORE_READY)
		log_notice("plugin '%s@%s' works again", plugin->name, version);
	else
		log_warning("plugin '%s@%s' does not work until the same bytes are back: "
			    "its file %s, '%s'",
			    plugin->name, version,
			    state == STORE_MISSING ? "is missing" : "has changed", path);
}

static int look(struct watcher *watcher, struct error *err)
{
	auto_plugins struct registry_plugins plugins = { NULL, 0 };
	const struct registry_page all = { .name = NULL };
	enum store_state *states;
	size_t i;

	watcher->unsettled = false;
	if (dropped_load(&watcher->store, &watcher->unsettled, err) < 0 ||
	    registry_plugin_list(&plugins, &watcher->store.registry, &all, err) < 0)
		return -1;
	states = calloc(plugins.count + 1, sizeof(*states));
	if (!states)
		abort();
	for (i = 0; i < plugins.count; i++) {
		const struct registry_plugin *plugin = &plugins.list[i];
		enum store_state before = state_before(watcher, plugin);
		struct error problem = { 0 };

		states[i] = before;
		if (store_check(&states[i], &watcher->store, plugin, &problem) < 0)
			log_warning("%s", problem.message);
		if (states[i] != before)
			tell(&watcher->store, plugin, states[i]);
	}
	registry_plugins_free(&watcher->plugins);
	free(watcher->states);
	watcher->plugins = plugins;
	watcher->states = states;
	plugins = (struct registry_plugins){ NULL, 0 };
	return 0;
}

/* True when our starter has gone. */
static int wait_for_change(bool *ended, const struct watcher *watcher, struct error *err)
{
	struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
				{ watcher->inotify, POLLIN, 0 } };
	char events[EVENTS_LEN];

	if (poll(fds, 2, watcher->unsettled ? AGAIN_MS : -1) < 0 && errno != EINTR)
		return error_errno(err, "wait for changes");
	*ended = fds[0].revents && read(STDIN_FILENO, events, sizeof(events)) <= 0;
	while (read(watcher->inotify, events, sizeof(events)) > 0)
		;
	return 0;
}

/* With the first plugin there is a route more.  Who has adopted us is not our starter. */
static void tell_starter(struct watcher *watcher, pid_t starter, const char *own)
{
	if (watcher->is_told || access(own, F_OK) < 0)
		return;
	watcher->is_told = true;
	if (getppid() == starter)
		(void)kill(starter, SIGHUP);
}

/* Where nobody has plugins nothing is opened, and nothing made. */
static int look_if_any(struct watcher *watcher, const char *dropped, const char *own,
		       struct error *err)
{
	if (!watcher->is_open && access(dropped, F_OK) < 0 && access(own, F_OK) < 0)
		return 0;
	if (!watcher->is_open && store_open(&watcher->store, watcher->layout, err) < 0)
		return -1;
	watcher->is_open = true;
	return look(watcher, err);
}

static int watch(struct watcher *watcher, struct error *err)
{
	auto_free char *dropped = path_join(watcher->layout->conf, "plugins.d");
	auto_free char *own = path_join(watcher->layout->state, "plugins");
	const pid_t starter = getppid();
	bool ended = false;

	watcher->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watcher->inotify < 0)
		return error_errno(err, "start inotify");
	watcher->is_told = access(own, F_OK) == 0;
	while (!ended) {
		struct error problem = { 0 };

		watch_folders(watcher, dropped, own);
		if (look_if_any(watcher, dropped, own, &problem) < 0) {
			log_warning("plugins: %s", problem.message);
			watcher->unsettled = true;
		}
		tell_starter(watcher, starter, own);
		if (wait_for_change(&ended, watcher, err) < 0)
			return -1;
	}
	return 0;
}

int cmd_watch(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	struct watcher watcher = { .store = STORE_NONE, .layout = layout, .inotify = -1 };
	int failed;

	(void)options;
	failed = watch(&watcher, err);
	cleanup_close(&watcher.inotify);
	registry_plugins_free(&watcher.plugins);
	free(watcher.states);
	store_close(&watcher.store);
	return failed;
}
