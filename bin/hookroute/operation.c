#include "bin/hookroute/operation.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookroute/options.h"
#include "bin/hookroute/owner.h"
#include "bin/hookroute/pick.h"
#include "bin/hookroute/walk.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

int operation_open(struct operation *operation, const char *what,
		   const struct options *options, const struct layout *layout,
		   struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	size_t i;

	for (i = 0; i < options->operand_count; i++) {
		if (!uuid_is_valid(options->operands[i]))
			return error_set(err, ERROR_USAGE, "'%s' is no event's id",
					 options->operands[i]);
	}
	operation->what = what;
	operation->options = options;
	if (spool_open(&operation->spool, path, err) < 0 ||
	    journal_open(&operation->journal, layout->state, err) < 0)
		return -1;
	return owner_become(&operation->spool, operation->journal.dir, err);
}

void operation_close(struct operation *operation)
{
	spool_close(&operation->spool);
	journal_close(&operation->journal);
}

static bool is_named(const struct operation *operation, const char *id)
{
	size_t i;

	for (i = 0; i < operation->options->operand_count; i++) {
		if (str_equal(operation->options->operands[i], id))
			return true;
	}
	return operation->options->operand_count == 0;
}

bool operation_wants(const struct operation *operation, const struct walk_event *event)
{
	return is_named(operation, event->id) && pick_event(operation->options, event);
}

void operation_find(struct operation *operation, const char *id)
{
	size_t i;

	for (i = 0; i < operation->options->operand_count; i++) {
		if (str_equal(operation->options->operands[i], id))
			operation->done[i] = true;
	}
}

int operation_note(struct operation *operation, const struct walk_event *event,
		   const char *became, struct error *err)
{
	struct journal_entry entry = JOURNAL_ENTRY(operation->what, event->id);
	auto_free char *line = str_format("%s\n", became ? became : event->id);

	operation_find(operation, event->id);
	operation->count++;
	entry.line = event->line;
	entry.became = became;
	entry.by_person = true;
	journal_add(&operation->journal, &entry);
	return file_write(STDOUT_FILENO, line, strlen(line), "standard output", err);
}

int operation_verdict(const struct operation *operation, const char *where,
		      struct error *err)
{
	const struct options *options = operation->options;
	size_t i;

	if (operation->busy)
		return error_set(err, ERROR_TEMPORARY,
				 "%zu of the events %s being delivered just now, try "
				 "again",
				 operation->busy, operation->busy == 1 ? "is" : "are");
	for (i = 0; i < options->operand_count; i++) {
		if (!operation->done[i])
			return error_set(err, ERROR_ABSENT,
					 "event '%s' is not in %s: hookroute show %s",
					 options->operands[i], where,
					 options->operands[i]);
	}
	return 0;
}
