#include "bin/ghstats/ask.h"

#include "bin/ghstats/options.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/stats_schema.h"

int ask_open(struct db *db, const struct layout *layout, struct error *err)
{
	struct error older = { 0 };

	if (stats_open_read(db, layout, &older) == 0)
		return 0;
	if (older.kind == ERROR_CONFIG)
		return stats_open(db, layout, err);
	*err = older;
	if (err->kind == ERROR_ABSENT)
		return error_wrap(err, "nothing was ingested yet");
	return -1;
}

int ask_question(struct stats_question *question, struct buf *key,
		 const struct options *options, struct error *err)
{
	question->filter = options->filter;
	question->limit = options->limit;
	if (!options->after)
		return 0;
	if (stats_cursor_read(key, options->after, err) < 0)
		return -1;
	question->after = buf_str(key);
	return 0;
}
