#include "bin/hookrecv/forge.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookrecv/forge_token.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/github_answer.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/registry.h"

enum {
	ANSWER_LIMIT = 32 << 20,
	TIMEOUT_MS = 600000,
};

static bool is_project(const char *project, bool may_be_deep)
{
	const char *slash = strchr(project, '/');

	return slash && slash != project && slash[1] && !str_ends(project, "/") &&
	       !strstr(project, "//") && !strstr(project, "..") &&
	       (may_be_deep || !strchr(slash + 1, '/')) &&
	       strspn(project, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			       "0123456789/._-") == strlen(project);
}

static char *gitlab_path(const char *project)
{
	auto_buf struct buf path = BUF_EMPTY;
	const char *p;

	buf_add_str(&path, "/projects/");
	for (p = project; *p; p++) {
		if (*p == '/')
			buf_add_str(&path, "%2F");
		else
			buf_add_char(&path, *p);
	}
	buf_add_str(&path, "/hooks");
	return buf_take(&path);
}

char *forge_path(const struct registry_hook *hook, const char *project)
{
	bool is_gitlab = str_equal(hook->provider, "gitlab");

	if (!is_gitlab && !str_equal(hook->provider, "github"))
		return NULL;
	if (!project)
		return is_gitlab ? NULL : str_dup("/app/hook");
	if (!is_project(project, is_gitlab))
		return NULL;
	return is_gitlab ? gitlab_path(project) : str_format("/repos/%s/hooks", project);
}

int forge_open(struct forge *forge, const struct registry_hook *hook,
	       const struct layout *layout, struct error *err)
{
	auto_forge struct forge opened = FORGE_NONE;

	opened.layout = layout;
	opened.is_gitlab = str_equal(hook->provider, "gitlab");
	opened.path = str_dup(hook->forge);
	if (forge_token(&opened.token, hook, layout, err) < 0)
		return -1;
	*forge = opened;
	opened = (struct forge)FORGE_NONE;
	return 0;
}

void forge_close(struct forge *forge)
{
	free(forge->path);
	buf_wipe(&forge->token);
	*forge = (struct forge)FORGE_NONE;
}

/* An order's beginning; the caller adds what belongs to it. */
static void begin(struct json_writer *writer, const struct forge *forge, const char *op)
{
	json_write_object(writer, NULL);
	json_write_string(writer, "forge", forge->is_gitlab ? "gitlab" : "github");
	json_write_string(writer, "op", op);
	json_write_string(writer, "path", forge->path);
	json_write_bytes(writer, "token", forge->token.data, forge->token.len);
}

/* The last line of out says how it went; it is cut off. */
static int take_verdict(struct buf *verdict, struct buf *out, struct error *err)
{
	auto_github_answer struct github_answer none = GITHUB_ANSWER_EMPTY;
	struct str_view line = { buf_str(out), 0 };
	struct str_view word = { NULL, 0 };
	const char *start = NULL;

	if (out->len == 0 || out->data[out->len - 1] != '\n')
		return error_set(err, ERROR_BUG, "hookrecv-forge gave no answer");
	buf_cut(out, out->len - 1);
	start = memrchr(buf_str(out), '\n', out->len);
	line.data = start ? start + 1 : buf_str(out);
	line.len = out->len - (size_t)(line.data - buf_str(out));
	buf_add(verdict, line.data, line.len);
	buf_cut(out, out->len - line.len);
	line = (struct str_view){ buf_str(verdict), verdict->len };
	if (json_plain_is_valid(line) && json_scan_member(&word, line, "ok"))
		return 0;
	/* It tells of an error, or it is none of ours. */
	if (github_answer_read(&none, line, err) == 0)
		return error_set(err, ERROR_BUG, "hookrecv-forge gave another answer");
	return -1;
}

static int obey(struct buf *verdict, struct buf *out, const struct forge *forge,
		struct json_writer *writer, struct error *err)
{
	auto_free char *program = path_join(forge->layout->libexec, "hookrecv-forge");
	const char *const argv[] = { program, NULL };
	struct process_call call = { .argv = argv,
				     .limit = ANSWER_LIMIT,
				     .timeout_ms = TIMEOUT_MS };

	json_write_object_end(writer);
	call.input = (struct str_view){ writer->out->data, writer->out->len };
	if (process_capture(out, &call, err) < 0)
		return -1;
	return take_verdict(verdict, out, err);
}

static char *member(const struct buf *verdict, const char *name)
{
	struct str_view text = { NULL, 0 };

	if (!json_plain_string(&text, (struct str_view){ verdict->data, verdict->len },
			       name))
		return NULL;
	return str_format("%.*s", (int)text.len, text.data);
}

static bool is_true(const struct buf *verdict, const char *name)
{
	struct str_view value = { NULL, 0 };

	return json_scan_member(&value, (struct str_view){ verdict->data, verdict->len },
				name) &&
	       str_view_equal(value, "true");
}

int forge_put(char **path, bool *begun, const struct forge *forge,
	      const struct forge_wish *wish, struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf verdict = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);
	char *made = NULL;

	*begun = false;
	begin(&writer, forge, "put");
	json_write_string(&writer, "url", wish->url);
	json_write_string(&writer, "known", wish->known);
	json_write_string(&writer, "events", wish->events);
	json_write_bytes(&writer, "secret", wish->secret.data, wish->secret.len);
	if (strstr(buf_str(&line), "\\ufffd"))
		return error_set(err, ERROR_DATA,
				 "the secret is no UTF-8: a forge takes text only");
	if (obey(&verdict, &out, forge, &writer, err) < 0) {
		/* A helper that was killed may have asked; one that is missing has not. */
		*begun = out.len > 0 || (verdict.len == 0 && err->kind != ERROR_CONFIG);
		return -1;
	}
	made = member(&verdict, "path");
	if (!made)
		return error_set(err, ERROR_BUG, "hookrecv-forge tells no path");
	*path = made;
	return 0;
}

int forge_look(struct forge_state *state, const struct forge *forge, struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf verdict = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);

	begin(&writer, forge, "look");
	if (obey(&verdict, &out, forge, &writer, err) < 0)
		return -1;
	*state = (struct forge_state){ is_true(&verdict, "found"),
				       is_true(&verdict, "active"),
				       member(&verdict, "url"),
				       member(&verdict, "state") };
	return 0;
}

void forge_state_free(struct forge_state *state)
{
	free(state->url);
	free(state->state);
	*state = (struct forge_state)FORGE_STATE_EMPTY;
}

int forge_drop(const struct forge *forge, struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf verdict = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);

	begin(&writer, forge, "drop");
	return obey(&verdict, &out, forge, &writer, err);
}

int forge_list(struct buf *lines, char **next, const struct forge *forge,
	       const struct forge_range *range, struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf verdict = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);

	begin(&writer, forge, "list");
	json_write_string(&writer, "after", range->after);
	json_write_string(&writer, "next", range->next);
	json_write_u64(&writer, "since_ms", (uint64_t)range->since_ms);
	json_write_u64(&writer, "pages", range->pages);
	if (obey(&verdict, lines, forge, &writer, err) < 0)
		return -1;
	*next = member(&verdict, "next");
	return 0;
}

int forge_send(bool *found, const struct forge *forge, const char *delivery,
	       struct error *err)
{
	auto_secret struct buf line = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	auto_buf struct buf verdict = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);

	begin(&writer, forge, "send");
	json_write_string(&writer, "delivery", delivery);
	if (obey(&verdict, &out, forge, &writer, err) < 0)
		return -1;
	*found = is_true(&verdict, "found");
	return 0;
}
