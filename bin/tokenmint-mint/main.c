/*
 * tokenmint-mint: requests to GitHub's API as JSON lines on standard input, the answers as JSON
 * lines on standard output.  The part of tokenmint that needs an HTTP library; see tokenmint(1).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/github.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/str.h"

/* What a request's path may consist of: nothing that would leave the API. */
static bool is_path(const char *path)
{
	return path[0] == '/' && path[1] != '/' && !strstr(path, "..") &&
	       strspn(path,
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		      "/._-?=&") == strlen(path);
}

/* An App has an API of its own, or the one of the configuration. */
static void choose_base(struct github *github, struct str_view line, const char *usual)
{
	struct str_view base = { usual, strlen(usual) };

	(void)json_plain_string(&base, line, "api"); /* most have none */
	free(github->base);
	github->base = str_format("%.*s", (int)base.len, base.data);
}

static int answer_line(struct buf *out, struct github *github, const char *usual,
		       struct str_view line, struct error *err)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct github_request request = { 0 };
	struct str_view method = { NULL, 0 };
	struct str_view path = { NULL, 0 };
	auto_buf struct buf method_text = BUF_EMPTY;
	auto_buf struct buf path_text = BUF_EMPTY;

	if (!json_plain_is_valid(line) || !json_plain_string(&method, line, "method") ||
	    !json_plain_string(&path, line, "path") ||
	    !json_plain_string(&request.token, line, "token"))
		return error_set(err, ERROR_DATA, "a request has method, path and token");
	choose_base(github, line, usual);
	buf_add(&method_text, method.data, method.len);
	buf_add(&path_text, path.data, path.len);
	if (!is_path(buf_str(&path_text)))
		return error_set(err, ERROR_DATA, "'%.200s' is no path",
				 buf_str(&path_text));
	request.method = buf_str(&method_text);
	request.path = buf_str(&path_text);
	(void)json_scan_member(&request.body, line, "body"); /* many have none */
	if (github_call(&answer, github, &request, err) < 0)
		return -1;
	github_answer_write(out, &answer);
	return 0;
}

static int serve(struct github *github, char **line, size_t *cap, struct error *err)
{
	auto_free char *usual = str_dup(github->base);
	ssize_t len = 0;

	while ((len = getline(line, cap, stdin)) > 0) {
		auto_secret struct buf out = BUF_EMPTY;
		struct error problem = { 0 };
		struct str_view text = { *line, (size_t)len };
		int status = answer_line(&out, github, usual, text, &problem);

		explicit_bzero(*line, (size_t)len);
		if (status < 0)
			github_answer_write_error(&out, &problem);
		if (file_write(STDOUT_FILENO, out.data, out.len, "standard output", err) <
		    0)
			return -1;
	}
	return 0;
}

static int run(struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	auto_github struct github github = GITHUB_NONE;
	char *line = NULL;
	size_t cap = 0;
	int status = 0;

	if (layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0)
		return -1;
	if (github_open(&github, config_get(&config, "HOOKTOOLS_GITHUB_API"), err) < 0)
		return -1;
	status = serve(&github, &line, &cap, err);
	free(line);
	return status;
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };

	(void)argv;
	log_start("tokenmint-mint", false);
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	if (argc > 1)
		(void)error_set(&err, ERROR_USAGE,
				"takes no arguments: it is started by tokenmint");
	else if (run(&err) == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
