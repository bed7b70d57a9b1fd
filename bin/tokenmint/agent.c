#include "bin/tokenmint/agent.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "bin/tokenmint/options.h"
#include "bin/tokenmint/scope.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

#define ANSWER_LIMIT 65536
#define ANSWER_WAIT_S 120 /* longer than an agent waits for GitHub */

static const struct kind {
	const char *name;
	enum error_kind kind;
} kinds[] = {
	{ "absent", ERROR_ABSENT }, { "usage", ERROR_USAGE },
	{ "data", ERROR_DATA },	    { "system", ERROR_SYSTEM },
	{ "denied", ERROR_DENIED }, { "temporary", ERROR_TEMPORARY },
	{ "config", ERROR_CONFIG },
};

/* A path, "unix:PATH", or "@name" in the kernel's own name space. */
static int connect_to(int *fd, const char *name, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval wait = { .tv_sec = ANSWER_WAIT_S };
	const char *path = str_starts(name, "unix:") ? name + 5 : name;
	size_t len = strlen(path);
	auto_close int opened = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (len == 0 || len >= sizeof address.sun_path)
		return error_set(err, ERROR_USAGE, "'%.120s' is no socket of an agent",
				 name);
	memcpy(address.sun_path, path, len);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	if (opened < 0 ||
	    connect(opened, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0 ||
	    setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) < 0) {
		int status = error_errno(err, "ask the agent at '%s'", name);

		if (err->kind ==
		    ERROR_SYSTEM) /* its socket is not there: is it started? */
			err->kind = ERROR_TEMPORARY;
		return status;
	}
	*fd = steal_fd(&opened);
	return 0;
}

static int read_answer(struct buf *line, int fd, struct error *err)
{
	while (line->len == 0 || line->data[line->len - 1] != '\n') {
		ssize_t got = read(fd, buf_room(line, 4096), 4096);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "read the agent's answer");
		if (got == 0 || line->len > ANSWER_LIMIT)
			return error_set(err, ERROR_TEMPORARY,
					 "the agent ended the connection");
		buf_grew(line, (size_t)got);
	}
	buf_cut(line, line->len - 1);
	return 0;
}

/* The agent's words as JSON has them: escapes stay, so no byte of them can do harm. */
static int take_error(struct str_view name, struct str_view answer, struct error *err)
{
	struct str_view words = { "\"\"", 2 };

	(void)json_scan_member(&words, answer, "message");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_view_equal(name, kinds[i].name))
			return error_set(err, kinds[i].kind, "agent: %.*s",
					 words.len > 2 ? (int)words.len - 2 : 0,
					 words.data + 1);
	return error_set(err, ERROR_DATA, "the agent's answer makes no sense");
}

static int ask(struct buf *answer, const char *agent, const struct buf *request,
	       struct error *err)
{
	auto_close int fd = -1;
	struct str_view name = { NULL, 0 };
	struct str_view text = { NULL, 0 };

	if (connect_to(&fd, agent, err) < 0 ||
	    file_write(fd, request->data, request->len, "agent", err) < 0 ||
	    read_answer(answer, fd, err) < 0)
		return -1;
	text = (struct str_view){ answer->data, answer->len };
	if (!json_plain_is_valid(text))
		return error_set(err, ERROR_DATA, "the agent's answer is no JSON");
	if (json_plain_string(&name, text, "error"))
		return take_error(name, text, err);
	return 0;
}

/* The scope's members, repositories and permissions, are also GitHub's. */
static void write_request(struct buf *out, const char *verb,
			  const struct options *options, const char *name,
			  const char *hash)
{
	auto_scope struct scope scope = SCOPE_EMPTY;
	struct json_writer writer = JSON_WRITER(out);

	scope_make(&scope, options);
	json_write_object(&writer, NULL);
	json_write_string(&writer, verb, name);
	if (options->app)
		json_write_string(&writer, "app", options->app);
	if (hash)
		json_write_string(&writer, "refused", hash);
	json_write_u64(&writer, "min_ttl_s", options->min_ttl_ms / 1000);
	if (scope.body.len > 2) {
		buf_add_char(out, ',');
		buf_add(out, scope.body.data + 1, scope.body.len - 2);
	}
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static int take_answer(struct obtained *obtained, struct str_view answer,
		       struct error *err)
{
	struct str_view token = { NULL, 0 };
	struct str_view expires = { NULL, 0 };
	struct str_view owner = { NULL, 0 };
	struct str_view app = { NULL, 0 };
	auto_free char *date = NULL;
	struct installation *installation = &obtained->installation;

	if (!json_plain_string(&token, answer, "token") || token.len == 0 ||
	    !json_plain_string(&expires, answer, "expires_at") ||
	    !json_plain_u64(&installation->id, answer, "installation_id") ||
	    !json_plain_string(&owner, answer, "owner") ||
	    !json_plain_string(&app, answer, "app") ||
	    owner.len >= sizeof installation->owner ||
	    app.len >= sizeof installation->app)
		return error_set(err, ERROR_DATA, "the agent's answer has no token");
	date = str_format("%.*s", (int)expires.len, expires.data);
	if (!date_parse(&obtained->token.expires_ms, date))
		return error_set(err, ERROR_DATA, "the agent's answer has no date");
	memcpy(installation->owner, owner.data, owner.len);
	installation->owner[owner.len] = '\0';
	memcpy(installation->app, app.data, app.len);
	installation->app[app.len] = '\0';
	buf_add(&obtained->token.bytes, token.data, token.len);
	obtained->token.found = true;
	return 0;
}

int agent_obtain(struct obtained *obtained, const struct options *options,
		 const char *name, struct error *err)
{
	auto_buf struct buf request = BUF_EMPTY;
	auto_secret struct buf answer = BUF_EMPTY;

	write_request(&request, "get", options, name, options->refused);
	if (ask(&answer, options->agent, &request, err) < 0)
		return -1;
	return take_answer(obtained, (struct str_view){ answer.data, answer.len }, err);
}

int agent_reject(const struct options *options, const char *name, const char *hash,
		 struct error *err)
{
	auto_buf struct buf request = BUF_EMPTY;
	auto_buf struct buf answer = BUF_EMPTY;

	write_request(&request, "reject", options, name, hash);
	return ask(&answer, options->agent, &request, err);
}
