#include "bin/hookroute/router.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/evaluator.h"
#include "bin/hookroute/figures.h"
#include "bin/hookroute/intake.h"
#include "bin/hookroute/journal.h"
#include "bin/hookroute/record.h"
#include "bin/hookroute/loader.h"
#include "bin/hookroute/routes_watch.h"
#include "bin/hookroute/takeover.h"
#include "bin/hookroute/tenure.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

enum {
	TURNS_AT_ONCE = 256,
	STALL_MS = 1000,
	CLOCK_MS = 2000,
	OWN_FDS = 5 + EVALUATOR_FDS
};

struct router {
	const struct layout *layout;
	bool follow;
	bool hurry; /* told twice: leave what is in flight */
	int signals;
	struct config config;
	struct spool spool;
	struct retry retry;
	struct tenure tenure;
	struct takeover takeover;
	struct routes routes;
	struct evaluator evaluator;
	struct routes_watch watch;
	struct routes_watch files; /* of consumers */
	struct intake intake;
	struct dispatch dispatch;
	struct journal journal;
	struct loader loader; /* of plugins */
	struct figures figures;
	struct error failure; /* of dispatch */
};

static int open_signals(struct router *router, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	router->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (router->signals < 0)
		return error_errno(err, "make a signal descriptor");
	return 0;
}

/* While somebody puts another folder in its place, all events would be for nobody. */
static int check_there(const struct router *router, struct error *err)
{
	auto_free char *path = path_join(router->layout->conf, "routes.d");

	if (!router->routes.count || access(path, F_OK) == 0)
		return 0;
	return error_set(err, ERROR_CONFIG, "there is no folder '%s'", path);
}

static void reload(struct router *router)
{
	struct routes routes = ROUTES_NONE;
	struct error err = { 0 };

	routes_watch_open(&router->watch, WATCH_ROUTES, router->layout, date_now_ms());
	if (check_there(router, &err) < 0 ||
	    routes_load(&routes, router->layout, NULL, &err) < 0) {
		log_error("%s; the old routes stay", err.message);
		figures_routes(&router->figures, 0, err.message, date_now_ms());
		return;
	}
	routes_free(&router->routes);
	router->routes = routes;
	evaluator_use(&router->evaluator, &router->routes);
	log_notice("%zu routes read again", routes.count);
	figures_routes(&router->figures, routes.count, NULL, date_now_ms());
}

/* Consumers whose files have changed. */
static void renew(struct router *router)
{
	routes_watch_open(&router->files, WATCH_CONSUMERS, router->layout, date_now_ms());
	dispatch_renew(&router->dispatch);
}

static void take_signals(struct router *router)
{
	struct signalfd_siginfo info;

	while (read(router->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			reload(router);
			renew(router);
			continue;
		}
		if (router->dispatch.stopping)
			router->hurry = true;
		else
			log_notice("stopping: %zu deliveries are in flight",
				   router->dispatch.values);
		router->dispatch.stopping = true;
	}
}

/* The next event of cur/ or new/: of the files that were begun, or of another one. */
static int take_fresh(struct router *router, bool *taken, int64_t now_ms,
		      struct error *err)
{
	struct lease *lease = NULL;

	*taken = dispatch_read(&router->dispatch);
	if (*taken)
		return 0;
	if (intake_next(&lease, &router->intake, now_ms, err) < 0)
		return -1;
	if (!lease)
		return 0;
	dispatch_add(&router->dispatch, lease);
	*taken = dispatch_read(&router->dispatch);
	return 0;
}

static int take_due(struct router *router, bool *taken, int64_t now_ms, struct error *err)
{
	struct lease *lease = NULL;

	*taken = false;
	/* What was put aside for its lane may be asked for at once. */
	if (router->dispatch.deferral.has_lanes)
		deferral_commit(&router->dispatch);
	if (!dispatch_has_room_for_due(&router->dispatch))
		return 0;
	if (intake_next_due(&lease, &router->intake, now_ms, err) < 0)
		return -1;
	if (!lease)
		return 0;
	dispatch_add_first(&router->dispatch, lease);
	*taken = dispatch_read(&router->dispatch);
	return 0;
}

/* New events and those that waited take turns, as long as there is room, and not so many that
 * a signal or a reply waits. */
static int fill(struct router *router, int64_t now_ms, struct error *err)
{
	bool fresh = true;
	bool due = true;
	unsigned turns;

	dispatch_begin(&router->dispatch, now_ms);
	if (router->dispatch.lanes.taken)
		intake_look_again(&router->intake, now_ms);
	router->dispatch.lanes.taken = false;
	for (turns = 0; turns < TURNS_AT_ONCE && (fresh || due); turns++) {
		if (dispatch_has_room(&router->dispatch) && due &&
		    take_due(router, &due, now_ms, err) < 0)
			return -1;
		if (!dispatch_has_room(&router->dispatch))
			break;
		if (take_fresh(router, &fresh, now_ms, err) < 0)
			return -1;
	}
	dispatch_feed(&router->dispatch);
	return 0;
}

static int64_t first_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int timeout_of(const struct router *router, int64_t now_ms)
{
	const struct dispatch *dispatch = &router->dispatch;
	int64_t wake_ms = dispatch_wake_ms(dispatch);
	int64_t most_ms = tenure_wake_ms(&router->tenure);
	int evaluator_ms = evaluator_timeout_ms(&router->evaluator);

	if (dispatch_has_room(dispatch))
		wake_ms = first_of(wake_ms, dispatch_is_reading(dispatch)
						    ? now_ms
						    : intake_wake_ms(&router->intake));
	if (dispatch_has_room_for_due(dispatch))
		wake_ms = first_of(wake_ms, intake_due_ms(&router->intake));
	wake_ms = first_of(wake_ms, router->watch.look_ms);
	wake_ms = first_of(wake_ms, router->files.look_ms);
	/* Without room a consumer that takes nothing has to be noticed. */
	if (!dispatch_has_room(dispatch))
		most_ms = first_of(most_ms, STALL_MS);
	if (evaluator_ms >= 0)
		most_ms = first_of(most_ms, evaluator_ms);
	return wake_ms <= now_ms ? 0 : (int)first_of(wake_ms - now_ms, most_ms);
}

static int wait_and_work(struct router *router, struct error *err)
{
	struct pollfd fds[OWN_FDS + DISPATCH_CONSUMERS * CONSUMER_FDS];
	struct consumer *consumer;
	int64_t now_ms = date_now_ms();
	nfds_t count = OWN_FDS;

	fds[0] = (struct pollfd){ router->signals, POLLIN, 0 };
	fds[1] = (struct pollfd){ router->intake.inotify, POLLIN, 0 };
	fds[2] = (struct pollfd){ router->watch.inotify, POLLIN, 0 };
	fds[3] = (struct pollfd){ router->files.inotify, POLLIN, 0 };
	loader_poll(&router->loader, fds + 4);
	evaluator_poll(&router->evaluator, fds + 5);
	for (consumer = router->dispatch.consumers; consumer; consumer = consumer->next) {
		consumer_poll(consumer, fds + count);
		count += CONSUMER_FDS;
	}
	if (poll(fds, count, timeout_of(router, now_ms)) < 0 && errno != EINTR)
		return error_errno(err, "wait for events");
	now_ms = date_now_ms();
	take_signals(router);
	if (fds[1].revents)
		intake_listen(&router->intake, now_ms);
	if (routes_watch_look(&router->watch, fds + 2, now_ms))
		reload(router);
	if (routes_watch_look(&router->files, fds + 3, now_ms))
		renew(router);
	loader_work(&router->loader, fds + 4, router->layout);
	evaluator_work(&router->evaluator, fds + 5);
	count = OWN_FDS;
	for (consumer = router->dispatch.consumers; consumer; consumer = consumer->next) {
		consumer_work(consumer, fds + count, now_ms);
		count += CONSUMER_FDS;
	}
	return 0;
}

static bool is_finished(const struct router *router)
{
	const struct dispatch *dispatch = &router->dispatch;

	if (dispatch->failed || router->hurry)
		return true;
	return (dispatch->stopping || !router->follow) && dispatch_is_idle(dispatch);
}

/* What was under way when we were stopped is others' now. */
static int start_anew(struct router *router, struct error *err)
{
	log_warning("other routers have taken over what this one had: starting anew");
	dispatch_forget(&router->dispatch);
	intake_close(&router->intake);
	if (intake_open(&router->intake, &router->tenure, router->follow, err) < 0)
		return -1;
	return lanes_open(&router->dispatch, err);
}

static void see_others(struct router *router)
{
	if (!tenure_is_due(&router->tenure))
		return;
	tenure_beat(&router->tenure);
	if (takeover_look(&router->takeover))
		intake_look_again(&router->intake, date_now_ms());
	dispatch_follow(&router->dispatch);
}

static int loop(struct router *router, struct error *err)
{
	for (;;) {
		if (!dispatch_holds(&router->dispatch) && start_anew(router, err) < 0)
			return -1;
		see_others(router);
		if (dispatch_follow_clock(&router->dispatch))
			intake_look_again(&router->intake, date_now_ms());
		if (fill(router, date_now_ms(), err) < 0)
			return -1;
		deferral_commit(&router->dispatch);
		journal_flush(&router->journal);
		figures_note(&router->figures, &router->dispatch, date_now_ms());
		if (router->dispatch.stopping)
			dispatch_stop(&router->dispatch);
		if (is_finished(router))
			break;
		if (wait_and_work(router, err) < 0)
			return -1;
	}
	if (!router->dispatch.failed)
		return 0;
	*err = router->failure;
	return -1;
}

static int open_all(struct router *router, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	uint64_t lease_ms = 0;

	routes_watch_open(&router->watch, WATCH_ROUTES, layout, date_now_ms());
	routes_watch_open(&router->files, WATCH_CONSUMERS, layout, date_now_ms());
	if (config_load(&router->config, layout, err) < 0 ||
	    retry_read(&router->retry, config_get(&router->config, "HOOKTOOLS_RETRY"),
		       "HOOKTOOLS_RETRY", err) < 0 ||
	    tenure_read(&lease_ms, config_get(&router->config, "HOOKTOOLS_LEASE"), err) <
		    0 ||
	    routes_load(&router->routes, layout, NULL, err) < 0)
		return -1;
	evaluator_open(&router->evaluator, &router->routes);
	if (spool_open(&router->spool, path, err) < 0)
		return -1;
	tenure_open(&router->tenure, &router->spool, lease_ms);
	if (intake_open(&router->intake, &router->tenure, router->follow, err) < 0 ||
	    lanes_open(&router->dispatch, err) < 0)
		return -1;
	record_open(&router->journal, layout);
	return open_signals(router, err);
}

int router_run(const struct router_options *options, const struct layout *layout,
	       struct error *err)
{
	struct router router = {
		.layout = layout,
		.follow = options->follow,
		.signals = -1,
		.config = CONFIG_EMPTY,
		.spool = SPOOL_NONE,
		.tenure = TENURE_OF(NULL),
		.routes = ROUTES_NONE,
		.intake = { .inotify = -1 },
		.journal = JOURNAL_NONE,
		.loader = LOADER_NONE,
		.figures = FIGURES_NONE,
	};
	int failed;

	router.dispatch = (struct dispatch){
		.spool = &router.spool,
		.tenure = &router.tenure,
		.layout = layout,
		.evaluator = &router.evaluator,
		.retry = &router.retry,
		.journal = &router.journal,
		.figures = &router.figures,
		.due = &router.intake.due,
		.lanes = LANES_NONE,
		.events_max = options->events_max,
		.failure = &router.failure,
	};
	router.takeover.tenure = &router.tenure;
	failed = open_all(&router, layout, err);
	if (!failed)
		figures_open(&router.figures, layout->state);
	if (!failed) {
		log_notice("%zu routes", router.routes.count);
		if (router.follow)
			loader_start(&router.loader, layout);
		figures_routes(&router.figures, router.routes.count, NULL, date_now_ms());
		failed = loop(&router, err);
		log_notice("%llu events, %llu delivered, %llu deferred, %llu given up",
			   (unsigned long long)router.dispatch.events,
			   (unsigned long long)router.dispatch.delivered,
			   (unsigned long long)router.dispatch.deferred,
			   (unsigned long long)router.dispatch.dead);
	}
	dispatch_close(&router.dispatch);
	journal_close(&router.journal);
	evaluator_close(&router.evaluator);
	loader_end(&router.loader);
	figures_close(&router.figures);
	intake_close(&router.intake);
	tenure_close(&router.tenure);
	routes_watch_close(&router.watch);
	routes_watch_close(&router.files);
	routes_free(&router.routes);
	spool_close(&router.spool);
	config_free(&router.config);
	cleanup_close(&router.signals);
	return failed;
}
