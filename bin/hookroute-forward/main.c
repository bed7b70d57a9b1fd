/* hookroute-forward: consumers that post values, or send them as chat or mail; see
 * hookroute-forward(8). */
#include <unistd.h>

#include "bin/hookroute-forward/chat.h"
#include "bin/hookroute-forward/mail.h"
#include "bin/hookroute-forward/options.h"
#include "bin/hookroute-forward/target.h"
#include "bin/hookroute-forward/value.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/program.h"
#include "lib/reply.h"

enum { HOST_MAX = 256 };

struct forward {
	const struct options *options;
	struct target *target;
	char host[HOST_MAX];
};

static int forward_value(struct target_answer *answer, struct forward *forward,
			 struct str_view line, struct error *err)
{
	auto_value struct value value = VALUE_EMPTY;

	if (value_read(&value, line, err) < 0)
		return -1;
	return target_post(answer, forward->target, buf_str(&value.id), line, err);
}

static int chat_value(struct target_answer *answer, struct forward *forward,
		      struct str_view line, struct error *err)
{
	auto_value struct value value = VALUE_EMPTY;
	auto_buf struct buf body = BUF_EMPTY;
	struct str_view view = { NULL, 0 };

	if (value_read_text(&value, line, err) < 0)
		return -1;
	chat_write(&body, forward->options->style, buf_str(&value.text));
	view = (struct str_view){ body.data, body.len };
	return target_post(answer, forward->target, buf_str(&value.id), view, err);
}

static int mail_value(struct forward *forward, struct str_view line, struct error *err)
{
	auto_value struct value value = VALUE_EMPTY;
	auto_buf struct buf message = BUF_EMPTY;

	if (value_read_text(&value, line, err) < 0)
		return -1;
	mail_write(&message, forward->options, forward->host, &value);
	return mail_send(forward->options, &message, err);
}

static void write_failure(struct buf *reply, const struct error *problem, int64_t after_s)
{
	struct json_writer writer = JSON_WRITER(reply);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", false);
	json_write_object(&writer, "error");
	/* What is wrong with the configuration can be set right. */
	json_write_string(&writer, "kind",
			  problem->kind == ERROR_DATA ? "permanent" : "temporary");
	json_write_string(&writer, "message", problem->message);
	if (after_s)
		json_write_i64(&writer, "retry_after", after_s);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(reply, '\n');
}

static void take_line(void *context, struct buf *reply, struct str_view line)
{
	struct forward *forward = context;
	const char *kind = forward->options->kind;
	struct target_answer answer = { 0 };
	struct error problem = { 0 };
	int failed;

	if (str_equal(kind, "mail"))
		failed = mail_value(forward, line, &problem);
	else if (str_equal(kind, "chat"))
		failed = chat_value(&answer, forward, line, &problem);
	else
		failed = forward_value(&answer, forward, line, &problem);
	if (failed)
		write_failure(reply, &problem, answer.after_s);
	else
		buf_add_str(reply, "{\"ok\":true}\n");
}

static int serve(void *context, struct error *err)
{
	const struct options *options = context;
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_target struct target target = TARGET_NONE;
	struct forward forward = { .options = options, .target = &target };

	if (layout_read(&layout, err) < 0)
		return -1;
	if (!str_equal(options->kind, "mail") &&
	    target_open(&target, options, &layout, err) < 0)
		return -1;
	if (gethostname(forward.host, sizeof(forward.host) - 1) < 0)
		return error_errno(err, "ask for the host's name");
	return reply_serve(take_line, &forward, err);
}

int main(int argc, char *argv[])
{
	static const struct program program = { "hookroute-forward", options_usage,
						serve };
	struct options options;
	struct error err = { 0 };
	int status = options_parse(&options, argc, argv, &err);

	return program_main(&program, &options.cli, status, &err);
}
