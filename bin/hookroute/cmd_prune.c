#include <stdio.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/journal.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/prune.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/spool.h"
#include "lib/str.h"

#define DEFAULT_AGE_MS (UINT64_C(30) * 24 * 3600 * 1000)

static int read_settings(struct prune *prune, const struct layout *layout,
			 struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	const char *age;
	const char *keep;
	const char *bytes;

	if (config_load(&config, layout, err) < 0)
		return -1;
	age = config_get(&config, "HOOKTOOLS_PRUNE_AGE");
	keep = config_get(&config, "HOOKTOOLS_PRUNE_KEEP");
	bytes = config_get(&config, "HOOKTOOLS_PRUNE_BYTES");
	prune->older_than_ms = DEFAULT_AGE_MS;
	if (age && (str_to_duration(&prune->older_than_ms, age, err) < 0 ||
		    !prune->older_than_ms))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_PRUNE_AGE wants a time as 30d, not '%s'",
				 age);
	if (keep && str_to_u64(&prune->keep, keep, 1, UINT32_MAX, err) < 0)
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_PRUNE_KEEP wants a number, not '%s'", keep);
	if (bytes &&
	    (str_to_size(&prune->max_bytes, bytes, err) < 0 || !prune->max_bytes))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_PRUNE_BYTES wants a size as 1G, not '%s'",
				 bytes);
	return 0;
}

/* Who gives a limit means this one only: an age that is set does not go along with it. */
static void read_options(struct prune *prune, const struct options *options)
{
	if (options->older_than_ms == UINT64_MAX && options->keep == UINT64_MAX &&
	    options->max_bytes == UINT64_MAX)
		return;
	prune->older_than_ms = options->older_than_ms;
	prune->keep = options->keep;
	prune->max_bytes = options->max_bytes;
}

static int prune_all(const struct prune *prune, bool dead, struct error *err)
{
	if (prune_done(prune, err) < 0 || prune_log(prune, err) < 0 ||
	    prune_leftovers(prune, err) < 0)
		return -1;
	return dead ? prune_dead(prune, err) : 0;
}

int cmd_prune(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	auto_journal struct journal journal = JOURNAL_NONE;
	struct prune prune = { .spool = &spool,
			       .now_ms = date_now_ms(),
			       .keep = UINT64_MAX,
			       .max_bytes = UINT64_MAX,
			       .dry_run = options->dry_run };

	if (read_settings(&prune, layout, err) < 0 || spool_open(&spool, path, err) < 0 ||
	    journal_open(&journal, layout->state, err) < 0)
		return -1;
	read_options(&prune, options);
	prune.log = journal.dir;
	if (prune_all(&prune, options->dead, err) < 0)
		return -1;
	if (fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}
