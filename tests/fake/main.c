/* fake-github: a stand-in for api.github.com; tests/fake/fake.h says what it knows. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/listener.h"
#include "lib/log.h"
#include "tests/fake/fake.h"
#include "tests/fake/service.h"

#define KEY_LIMIT 65536

struct options {
	const char *listen;
	const char *key;
	const char *app_id;
	const char *state;
};

static const struct option longs[] = {
	{ "app-id", required_argument, NULL, 'a' },
	{ "key", required_argument, NULL, 'k' },
	{ "listen", required_argument, NULL, 'l' },
	{ "state", required_argument, NULL, 's' },
	{ NULL, 0, NULL, 0 },
};

static int parse(struct options *options, int argc, char *argv[], struct error *err)
{
	int letter = 0;

	while ((letter = getopt_long(argc, argv, "+l:k:a:s:", longs, NULL)) != -1) {
		if (letter == 'l')
			options->listen = optarg;
		if (letter == 'k')
			options->key = optarg;
		if (letter == 'a')
			options->app_id = optarg;
		if (letter == 's')
			options->state = optarg;
	}
	if (!options->key || !options->state || optind != argc)
		return error_set(err, ERROR_USAGE,
				 "usage: fake-github [-l 127.0.0.1:0] --key PUBLIC.pem "
				 "[--app-id 1] --state DIR");
	return 0;
}

static int prepare(struct fake *fake, const struct options *options, struct error *err)
{
	auto_buf struct buf pem = BUF_EMPTY;
	auto_buf struct buf login = BUF_EMPTY;

	fake->dir = options->state;
	fake->app_id = options->app_id;
	if (file_make_dirs(options->state, 0700, err) < 0 ||
	    file_read(&pem, AT_FDCWD, options->key, KEY_LIMIT, err) < 0 ||
	    crypto_public_key_read(&fake->key, buf_str(&pem), pem.len, err) < 0)
		return -1;
	buf_add_str(&login, "acme\n");
	if (!store_has(fake, "installations"))
		store_write(fake, "installations/42", &login);
	return 0;
}

static int run(struct fake *fake, const struct options *options, struct error *err)
{
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	const struct http_service service = service_of(fake);
	const struct http_limits limits = HTTP_LIMITS;
	auto_close int fd = -1;
	auto_free char *name = NULL;

	if (prepare(fake, options, err) < 0 ||
	    listener_open(&fd, options->listen, err) < 0 ||
	    http_server_open(&server, fd, &service, &limits, err) < 0)
		return -1;
	name = listener_name(fd);
	if (printf("listening on %s\n", name) < 0 || fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return http_server_run(&server, err);
}

int main(int argc, char *argv[])
{
	struct options options = { "127.0.0.1:0", NULL, "1", NULL };
	struct fake fake = { NULL, NULL, CRYPTO_PUBLIC_KEY_NONE, 0 };
	struct error err = { 0 };
	int status = 0;

	log_start("fake-github", false);
	if (parse(&options, argc, argv, &err) < 0 || run(&fake, &options, &err) < 0) {
		log_error("%s", err.message);
		status = error_exit_status(&err);
	}
	crypto_public_key_free(&fake.key);
	return status;
}
