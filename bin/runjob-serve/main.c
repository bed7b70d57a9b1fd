/* runjob-serve: the jobs of certificates over HTTPS.  See runjob-serve(8). */
#include <fcntl.h>
#include <unistd.h>

#include "bin/runjob-serve/options.h"
#include "bin/runjob-serve/service.h"
#include "bin/runjob-serve/terms.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/http_tls.h"
#include "lib/listener.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/program.h"
#include "lib/str.h"

enum { PEM_MAX = 1 << 20, OPENAPI_MAX = 1 << 20 };

static int find_socket(int *fd, const struct options *options, struct error *err)
{
	bool found = false;

	if (options->listen)
		return listener_open(fd, options->listen, err);
	if (listener_inherited(fd, &found, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_USAGE,
				 "where to listen? give -l ADDR:PORT, or start it by a "
				 "systemd socket");
	return 0;
}

static int read_pem(struct buf *pem, const char *path, struct error *err)
{
	(void)buf_room(pem, PEM_MAX); /* a key that moves leaves copies */
	if (file_read(pem, AT_FDCWD, path, PEM_MAX, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return -1;
}

static int open_server(struct http_server *server, struct service *state, int fd,
		       const struct options *options, struct error *err)
{
	const struct http_service service = service_of(state);
	const struct http_clients clients = service_clients(state);
	struct http_limits limits = HTTP_LIMITS;
	auto_secret struct buf key = BUF_EMPTY;
	auto_buf struct buf certificate = BUF_EMPTY;
	struct http_tls tls;

	if (read_pem(&certificate, options->tls_cert, err) < 0 ||
	    read_pem(&key, options->tls_key, err) < 0)
		return -1;
	tls = (struct http_tls){ buf_str(&certificate), buf_str(&key), &clients };
	limits.connections = state->terms.connections;
	limits.head_s = 10;
	limits.head_bytes = 16384;
	limits.head_lines = 100;
	limits.tls = &tls;
	return http_server_open(server, fd, &service, &limits, err);
}

static int watch(struct service *service, struct http_server *server, struct error *err)
{
	service->helpers.server = server;
	if (pool_watch(&service->pool, server, err) < 0)
		return -1;
	return followers_watch(&service->followers, server, err);
}

static int serve(struct service *service, const struct options *options,
		 struct error *err)
{
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	auto_free char *name = NULL;
	auto_close int fd = -1;
	int status;

	if (find_socket(&fd, options, err) < 0 ||
	    open_server(&server, service, fd, options, err) < 0 ||
	    watch(service, &server, err) < 0)
		return -1;
	name = listener_name(fd);
	/* Only the server holds it now, so that it can stop listening. */
	close(steal_fd(&fd));
	log_notice("listening on %s", name);
	status = http_server_run(&server, err);
	/* Who still waits for a helper is answered before it closes. */
	helpers_close(&service->helpers);
	return status < 0 ? -1 : http_server_run(&server, err);
}

static void complain(const char *message)
{
	log_warning("%s", message);
}

static int read_openapi(struct buf *openapi, const struct layout *layout,
			struct error *err)
{
	auto_free char *path = path_join(layout->share, "openapi/runjob.json");

	if (file_read(openapi, AT_FDCWD, path, OPENAPI_MAX, err) == 0)
		return 0;
	err->kind = ERROR_CONFIG;
	return -1;
}

static int open_service(struct service *service, const struct options *options,
			struct error *err)
{
	if (terms_read(&service->terms, &service->layout, err) < 0 ||
	    read_openapi(&service->openapi, &service->layout, err) < 0 ||
	    followers_open(&service->followers, err) < 0 ||
	    pool_open(&service->pool, err) < 0)
		return -1;
	rate_open(&service->owners, service->terms.rate);
	rate_open(&service->addresses, service->terms.rate);
	return serve(service, options, err);
}

static int run(void *context, struct error *err)
{
	const struct options *options = context;
	auto_free char *pool = NULL;
	auto_free char *revoked = NULL;
	auto_free char *runjob = NULL;
	struct service service = { .layout = LAYOUT_EMPTY,
				   .pool = POOL_NONE,
				   .followers = FOLLOWERS_NONE };
	int status;

	if (layout_read(&service.layout, err) < 0)
		return -1;
	pool = path_join(service.layout.conf, "pool");
	revoked = path_join(service.layout.conf, "revoked");
	runjob = path_join(service.layout.bin, "runjob");
	service.pool.dir = options->pool ? options->pool : pool;
	service.pool.revoked = options->revoked ? options->revoked : revoked;
	service.pool.may_lack = !options->revoked;
	helpers_open(&service.helpers, runjob, "starts", complain);
	service.sandbox = options->sandbox;
	status = open_service(&service, options, err);
	rate_close(&service.owners);
	rate_close(&service.addresses);
	followers_close(&service.followers);
	pool_close(&service.pool);
	buf_free(&service.openapi);
	layout_free(&service.layout);
	return status;
}

int main(int argc, char *argv[])
{
	static const struct program program = { "runjob", options_usage, run };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
