#include "lib/reply.h"

#include <unistd.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/lines.h"

enum { LINE_LIMIT = 64 << 20 };

void reply_write_failure(struct buf *out, const struct error *problem)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_bool(&writer, "ok", false);
	json_write_object(&writer, "error");
	json_write_string(&writer, "kind", error_retry_word(problem));
	json_write_string(&writer, "message", problem->message);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

int reply_serve(void (*take)(void *context, struct buf *reply, struct str_view line),
		void *context, struct error *err)
{
	auto_lines struct lines lines = LINES(STDIN_FILENO, LINE_LIMIT);
	struct str_view line = { NULL, 0 };
	bool found = true;

	while (found) {
		auto_buf struct buf reply = BUF_EMPTY;
		struct error problem = { 0 };

		if (lines_next(&line, &found, &lines, &problem) < 0 &&
		    problem.kind != ERROR_DATA) {
			*err = problem;
			return -1;
		}
		if (problem.kind != ERROR_NONE)
			reply_write_failure(&reply, &problem);
		else if (found)
			take(context, &reply, line);
		if (file_write(STDOUT_FILENO, reply.data, reply.len, "standard output",
			       err) < 0)
			return -1;
	}
	return 0;
}
