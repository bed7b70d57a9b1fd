#include "bin/hookrecv/commands.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "bin/hookrecv/crew.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/receive.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/listener.h"
#include "lib/log.h"
#include "lib/sandbox.h"

enum { LEFTOVER_MS = 3600 * 1000, PEM_MAX = 1 << 20 };

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

/* What one process needs to serve. */
struct serving {
	const struct options *options;
	const struct layout *layout;
	int fd;
	const char *name;	/* of fd */
	struct metrics metrics; /* of all workers */
};

static struct http_limits limits_of(const struct limits *limits,
				    const struct options *options)
{
	return (struct http_limits){ .connections = limits->connections,
				     .idle_s = (unsigned)options->idle_s,
				     .total_s = (unsigned)options->total_s,
				     .head_s = limits->head_s,
				     .head_bytes = limits->head_bytes,
				     .head_lines = limits->head_lines };
}

/* From here on a request can make it do nothing but store events. */
static int lock_up(const struct layout *layout, struct error *err)
{
	auto_free char *key = layout_key_file(layout);
	const struct sandbox_path paths[] = {
		{ layout->state, true },
		{ layout->run, true },
		{ layout->conf, false },
		{ key, false },
		{ "/etc/localtime", false },
		{ "/proc/self", false }, /* for a sanitizer, when it ends */
	};
	bool landlocked = false;

	if (sandbox_enter(&landlocked, paths, sizeof(paths) / sizeof(paths[0]), err) < 0)
		return -1;
	log_debug("sandbox: executes nothing, files %s",
		  landlocked ? "closed off" : "open, for this kernel has no Landlock");
	return 0;
}

static int read_pem(struct buf *pem, const char *path, struct error *err)
{
	if (file_read(pem, AT_FDCWD, path, PEM_MAX, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return -1;
}

static int open_server(struct http_server *server, struct receive *receive,
		       const struct serving *serving, struct error *err)
{
	struct http_limits limits = limits_of(&receive->limits, serving->options);
	const struct http_service service = receive_service(receive);
	auto_secret struct buf key = BUF_EMPTY;
	auto_buf struct buf certificate = BUF_EMPTY;
	struct http_tls tls;

	if (!serving->options->tls_cert)
		return http_server_open(server, serving->fd, &service, &limits, err);
	if (read_pem(&certificate, serving->options->tls_cert, err) < 0 ||
	    read_pem(&key, serving->options->tls_key, err) < 0)
		return -1;
	tls = (struct http_tls){ buf_str(&certificate), buf_str(&key), NULL };
	limits.tls = &tls;
	return http_server_open(server, serving->fd, &service, &limits, err);
}

static int serve(struct receive *receive, const struct serving *serving, int ready,
		 struct error *err)
{
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	int failed;

	receive_count(receive, &serving->metrics);
	if (open_server(&server, receive, serving, err) < 0 ||
	    lock_up(serving->layout, err) < 0)
		return -1;
	/* Only the server holds it now, so that it can stop listening. */
	close(serving->fd);
	if (ready >= 0)
		crew_ready(ready);
	else
		log_notice("listening on %s", serving->name);
	log_gather(true);
	failed = http_server_run(&server, err);
	log_gather(false);
	return failed;
}

static int serve_single(struct receive *receive, const struct serving *serving,
			struct error *err)
{
	struct http_limits limits = limits_of(&receive->limits, serving->options);
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = receive_service(receive);
	const int fds[] = { STDIN_FILENO, STDOUT_FILENO };

	limits.connections = 1;
	if (http_server_open_single(&server, fds, &service, &limits, err) < 0 ||
	    lock_up(serving->layout, err) < 0)
		return -1;
	return http_server_run(&server, err);
}

static int work(void *context, int ready, struct error *err)
{
	const struct serving *serving = context;
	auto_receive struct receive receive = RECEIVE_NONE;

	if (receive_open(&receive, serving->layout, &serving->options->trust, err) < 0)
		return -1;
	return serve(&receive, serving, ready, err);
}

static void say_ready(void *context)
{
	const struct serving *serving = context;

	log_notice("listening on %s", serving->name);
}

/* A reload of the certificate needs a second process as well. */
static int serve_all(struct receive *receive, struct serving *serving, struct error *err)
{
	const unsigned workers = (unsigned)serving->options->workers;
	const struct crew crew = { workers, work, say_ready, serving };

	if (workers == 1 && !serving->options->tls_cert)
		return serve(receive, serving, -1, err);
	/* A worker opens what it needs itself. */
	receive_close(receive);
	return crew_run(&crew, err);
}

static int check(const struct options *options, struct error *err)
{
	if (options->inetd && (options->listen || options->workers > 1))
		return error_set(err, ERROR_USAGE, "-i excludes -l and --workers");
	if (!options->tls_cert != !options->tls_key)
		return error_set(err, ERROR_USAGE,
				 "--tls-cert and --tls-key want each other");
	if (options->inetd && options->tls_cert)
		return error_set(err, ERROR_USAGE,
				 "-i speaks no TLS: let a server do so that starts it");
	return 0;
}

int cmd_serve(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_receive struct receive receive = RECEIVE_NONE;
	auto_metrics struct metrics metrics = METRICS_NONE;
	struct serving serving = { options, layout, -1, NULL, METRICS_NONE };
	auto_free char *name = NULL;

	if (check(options, err) < 0 ||
	    receive_open(&receive, layout, &options->trust, err) < 0)
		return -1;
	if (options->inetd)
		return serve_single(&receive, &serving, err);
	sweep_tmp(&receive.spool);
	(void)signal(SIGHUP, SIG_IGN); /* hooks are read again without it */
	if (find_socket(&serving.fd, options, err) < 0 || metrics_open(&metrics, err) < 0)
		return -1;
	serving.metrics = metrics;
	name = listener_name(serving.fd);
	serving.name = name;
	return serve_all(&receive, &serving, err);
}
