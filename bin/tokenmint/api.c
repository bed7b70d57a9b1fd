#include "bin/tokenmint/api.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/path.h"

#define HELPER "tokenmint-mint"
#define READ_STEP 65536
#define LINE_LIMIT ((size_t)32 << 20)

static int start(struct api *api, const char *libexec, struct error *err)
{
	auto_free char *program = path_join(libexec, HELPER);
	const char *const argv[] = { program, NULL };
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	auto_close int helper_in = -1;
	auto_close int helper_out = -1;
	auto_close int to = -1;
	auto_close int from = -1;
	struct process_start how = { .argv = argv, .err = STDERR_FILENO };

	if (pipe2(in, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	helper_in = in[0];
	to = in[1];
	if (pipe2(out, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	from = out[0];
	helper_out = out[1];
	how.in = helper_in;
	how.out = helper_out;
	if (process_spawn(&api->process, &how, err) < 0)
		return -1;
	api->to = steal_fd(&to);
	api->from = steal_fd(&from);
	return 0;
}

void api_close(struct api *api)
{
	struct process_outcome outcome = { false, 0 };
	struct error ignored = { 0 };

	if (api->process.pid == 0)
		return;
	(void)close(api->to); /* pipes hold nothing that could be lost */
	(void)close(api->from);
	(void)process_wait(&outcome, &api->process,
			   &ignored); /* its answers counted, not its end */
	*api = (struct api)API_NONE;
}

static void write_request(struct buf *line, const struct api_request *request)
{
	struct json_writer writer = JSON_WRITER(line);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "method", request->method);
	json_write_string(&writer, "path", request->path);
	json_write_bytes(&writer, "token", request->token.data, request->token.len);
	if (request->base.len > 0)
		json_write_bytes(&writer, "api", request->base.data, request->base.len);
	if (request->body.len > 0)
		json_write_raw(&writer, "body", request->body.data, request->body.len);
	json_write_object_end(&writer);
	buf_add_char(line, '\n');
}

static int read_line(struct buf *line, int fd, struct error *err)
{
	while (line->len == 0 || line->data[line->len - 1] != '\n') {
		ssize_t got = read(fd, buf_room(line, READ_STEP), READ_STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read from " HELPER);
		if (got == 0)
			return error_set(err, ERROR_SYSTEM,
					 HELPER " ended without an answer");
		buf_grew(line, (size_t)got);
		if (line->len > LINE_LIMIT)
			return error_set(err, ERROR_DATA,
					 "the answer of " HELPER " is too long");
	}
	buf_cut(line, line->len - 1);
	return 0;
}

int api_call(struct github_answer *answer, struct api *api, const char *libexec,
	     const struct api_request *request, struct error *err)
{
	auto_secret struct buf sent = BUF_EMPTY;
	auto_secret struct buf got = BUF_EMPTY;

	if (api->process.pid == 0 && start(api, libexec, err) < 0)
		return -1;
	write_request(&sent, request);
	if (file_write(api->to, sent.data, sent.len, HELPER, err) < 0 ||
	    read_line(&got, api->from, err) < 0) {
		api_close(api); /* the next call starts another */
		return -1;
	}
	return github_answer_read(answer, (struct str_view){ got.data, got.len }, err);
}
