/*
 * hookrecv-forge: one order to a forge's API as a JSON line on standard input, what came of it
 * as JSON lines on standard output.  The part of hookrecv that needs an HTTP library; see
 * hookrecv(8).
 */
#include <signal.h>
#include <unistd.h>

#include "bin/hookrecv-forge/order.h"
#include "bin/hookrecv-forge/work.h"
#include "lib/buf.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/github.h"
#include "lib/layout.h"
#include "lib/log.h"

#define GITLAB_API "https://gitlab.com/api/v4"

enum { ORDER_LIMIT = 65536 };

static const char *base_of(const struct order *order, const struct config *config)
{
	const char *base = NULL;

	if (!order->is_gitlab)
		return config_get(config, "HOOKTOOLS_GITHUB_API");
	base = config_get(config, "HOOKTOOLS_GITLAB_API");
	return base ? base : GITLAB_API;
}

static int obey(struct buf *out, struct str_view line, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	auto_order struct order order = ORDER_EMPTY;
	auto_github struct github api = GITHUB_NONE;

	if (layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0 ||
	    order_read(&order, line, err) < 0 ||
	    github_open(&api, base_of(&order, &config), err) < 0)
		return -1;
	return work(out, &api, &order, err);
}

/* What goes wrong with the order is an answer, too. */
static int run(struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct error problem = { 0 };

	if (file_read_fd(&line, STDIN_FILENO, ORDER_LIMIT, err) < 0)
		return -1;
	if (obey(&out, (struct str_view){ buf_str(&line), line.len }, &problem) < 0)
		github_answer_write_error(&out, &problem);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };

	(void)argv;
	log_start("hookrecv-forge", false);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (argc > 1)
		(void)error_set(&err, ERROR_USAGE,
				"takes no arguments: it is started by hookrecv");
	else if (run(&err) == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
