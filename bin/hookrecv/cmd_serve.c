#include "bin/hookrecv/commands.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/receive.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/listener.h"
#include "lib/log.h"

enum { LEFTOVER_MS = 3600 * 1000, CONNECTIONS = 512 };

/* What a killed receiver was writing an hour ago was never acknowledged. */
static void sweep_tmp(const struct spool *spool)
{
	int64_t old = date_now_ms() - LEFTOVER_MS;
	int fd = fcntl(spool->dir[SPOOL_TMP], F_DUPFD_CLOEXEC, 3);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *item;

	while (dir && (item = readdir(dir))) {
		if (uuid_is_valid(item->d_name) && uuid_time_ms(item->d_name) < old)
			(void)unlinkat(spool->dir[SPOOL_TMP], item->d_name, 0);
	}
}

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
			"where to listen? give -l ADDR:PORT, or -i for one request on "
			"standard input, or start it by a systemd socket");
	return 0;
}

static int serve(struct receive *receive, const struct options *options,
		 struct error *err)
{
	const struct http_limits limits = { CONNECTIONS, (unsigned)options->idle_s,
					    (unsigned)options->total_s };
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = receive_service(receive);
	auto_free char *name = NULL;
	auto_close int fd = -1;

	if (find_socket(&fd, options, err) < 0 ||
	    http_server_open(&server, fd, &service, &limits, err) < 0)
		return -1;
	name = listener_name(fd);
	/* Only the server holds it now, so that it can stop listening. */
	close(steal_fd(&fd));
	log_notice("listening on %s", name);
	return http_server_run(&server, err);
}

static int serve_single(struct receive *receive, const struct options *options,
			struct error *err)
{
	const struct http_limits limits = { 1, (unsigned)options->idle_s,
					    (unsigned)options->total_s };
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = receive_service(receive);
	const int fds[] = { STDIN_FILENO, STDOUT_FILENO };

	if (http_server_open_single(&server, fds, &service, &limits, err) < 0)
		return -1;
	return http_server_run(&server, err);
}

int cmd_serve(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_receive struct receive receive = RECEIVE_NONE;

	if (options->listen && options->inetd)
		return error_set(err, ERROR_USAGE, "-l and -i exclude each other");
	if (receive_open(&receive, layout, &options->trust, err) < 0)
		return -1;
	if (options->inetd)
		return serve_single(&receive, options, err);
	sweep_tmp(&receive.spool);
	return serve(&receive, options, err);
}
