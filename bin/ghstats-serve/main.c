/* ghstats-serve: the statistics over HTTP, for reading.  See ghstats(1). */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/ghstats-serve/options.h"
#include "bin/ghstats-serve/service.h"
#include "bin/ghstats-serve/visits.h"
#include "lib/cleanup.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/layout.h"
#include "lib/listener.h"
#include "lib/log.h"
#include "lib/program.h"
#include "lib/stats_schema.h"

static int find_socket(int *fd, const struct options *options, struct error *err)
{
	bool found = false;

	if (options->listen)
		return listener_open(fd, options->listen, err);
	if (listener_inherited(fd, &found, err) < 0)
		return -1;
	if (!found)
		return error_set(
			err, ERROR_USAGE,
			"where to listen? give -l ADDR:PORT, or -i for one "
			"request on standard input, or start it by a systemd socket");
	return 0;
}

static int run_server(struct http_server *server, struct visits *visits,
		      struct error *err)
{
	int status;

	if (visits)
		visits_attach(visits, server);
	status = http_server_run(server, err);
	if (!visits)
		return status;
	/* who still waits for a helper is answered before it closes */
	visits_detach(visits);
	return status < 0 ? -1 : http_server_run(server, err);
}

static int serve_single(struct service *state, const struct http_limits *limits,
			struct error *err)
{
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = service_of(state);
	const int fds[] = { STDIN_FILENO, STDOUT_FILENO };

	if (http_server_open_single(&server, fds, &service, limits, err) < 0)
		return -1;
	return run_server(&server, state->visits, err);
}

static int serve(struct service *state, const struct options *options, struct error *err)
{
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = service_of(state);
	const struct http_limits limits = HTTP_LIMITS;
	auto_free char *name = NULL;
	auto_close int fd = -1;

	if (options->inetd)
		return serve_single(state, &limits, err);
	if (find_socket(&fd, options, err) < 0 ||
	    http_server_open(&server, fd, &service, &limits, err) < 0)
		return -1;
	name = listener_name(fd);
	/* Only the server holds it now, so that it can stop listening. */
	close(steal_fd(&fd));
	log_notice("listening on %s", name);
	return run_server(&server, state->visits, err);
}

/* inetd(8) makes the client's connection standard error, too, unless the journal has it. */
static bool stderr_is_the_client(const struct options *options)
{
	struct stat status = { 0 };

	return options->inetd && !getenv("JOURNAL_STREAM") &&
	       (fstat(STDERR_FILENO, &status) < 0 || S_ISSOCK(status.st_mode));
}

static int serve_visitors(struct service *service, const struct layout *layout,
			  const struct options *options, struct error *err)
{
	struct visits *visits = service->visits;
	int status = visits_open(visits, options->login, layout,
				 stderr_is_the_client(options), err);

	visits->renewals.show = service_show;
	visits->renewals.context = service;
	if (status == 0)
		status = serve(service, options, err);
	visits_close(visits);
	return status;
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	auto_layout struct layout layout = LAYOUT_EMPTY;
	struct visits visits = { .program = NULL };
	struct service service = { .db = DB_NONE,
				   .cache = CACHE_EMPTY,
				   .visits = options->login ? &visits : NULL };
	int status;

	if (layout_read(&layout, err) < 0 ||
	    stats_open_read(&service.db, &layout, err) < 0)
		return -1;
	status = options->login ? serve_visitors(&service, &layout, options, err)
				: serve(&service, options, err);
	cache_free(&service.cache);
	db_close(&service.db);
	return status;
}

int main(int argc, char *argv[])
{
	static const struct program program = { "ghstats", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
