#include <signal.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/journal.h"
#include "bin/hookroute/journal_read.h"
#include "bin/hookroute/log_follow.h"
#include "bin/hookroute/log_text.h"
#include "bin/hookroute/options.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/uuid.h"

enum { FOLLOW_LINES = 10, OUT_BYTES = 64 * 1024 };

struct printer {
	bool json;
	bool wait; /* for more before it is written */
	struct buf out;
};

static int print(struct printer *printer, struct error *err)
{
	int failed = file_write(STDOUT_FILENO, printer->out.data, printer->out.len,
				"standard output", err);

	buf_clear(&printer->out);
	return failed;
}

static int print_line(void *context, struct str_view line, struct error *err)
{
	struct printer *printer = context;

	if (printer->json) {
		buf_add(&printer->out, line.data, line.len);
		buf_add_char(&printer->out, '\n');
	} else {
		log_text_line(&printer->out, line);
	}
	if (printer->wait && printer->out.len < OUT_BYTES)
		return 0;
	return print(printer, err);
}

static int read_log(struct journal_place *place, int dir, struct journal_query *query,
		    const struct options *options, struct error *err)
{
	bool from_start = options->since_ms != INT64_MIN || options->after ||
			  options->operand_count;

	query->limit = options->limit;
	if (options->follow && !from_start && options->limit == UINT64_MAX)
		query->limit = FOLLOW_LINES;
	if (from_start || query->limit == UINT64_MAX)
		return journal_read_first(place, dir, query, err);
	return journal_read_last(place, dir, query, err);
}

static int show_log(int dir, const struct options *options, struct printer *printer,
		    struct error *err)
{
	struct journal_query query = {
		.ids = options->operands,
		.id_count = options->operand_count,
		.after = options->after,
		.name = options->name,
		.event = options->event,
		.provider = options->provider,
		.route = options->route,
		.to = options->to,
		.since_ms = options->since_ms,
		.until_ms = options->until_ms,
		.each = print_line,
		.context = printer,
	};
	struct journal_place place = { "", 0 };
	auto_close int inotify = -1;

	if (options->follow && log_follow_open(&inotify, dir, err) < 0)
		return -1;
	printer->wait = true;
	if (read_log(&place, dir, &query, options, err) < 0 || print(printer, err) < 0)
		return -1;
	printer->wait = false;
	return options->follow ? log_follow(inotify, dir, &place, &query, err) : 0;
}

int cmd_log(const struct options *options, const struct layout *layout, struct error *err)
{
	auto_journal struct journal journal = JOURNAL_NONE;
	struct printer printer = { options->json || !isatty(STDOUT_FILENO), true,
				   BUF_EMPTY };
	size_t i;
	int failed;

	for (i = 0; i < options->operand_count; i++) {
		if (!uuid_is_valid(options->operands[i]))
			return error_set(err, ERROR_USAGE, "'%s' is no event's id",
					 options->operands[i]);
	}
	if (journal_open(&journal, layout->state, err) < 0)
		return -1;
	(void)signal(SIGPIPE, SIG_DFL); /* to a pager that was closed: nothing to say */
	failed = show_log(journal.dir, options, &printer, err);
	buf_free(&printer.out);
	return failed;
}
