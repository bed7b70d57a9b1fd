#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/recover.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"

int cmd_recover(const struct options *options, const struct layout *layout,
		struct error *err)
{
	auto_free char *path = path_join(layout->state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	struct recover recover = { .spool = &spool,
				   .now_ms = date_now_ms(),
				   .dry_run = options->dry_run };
	int state;

	if (spool_open(&spool, path, err) < 0)
		return -1;
	for (state = 0; state < SPOOL_STATES; state++) {
		if (recover_state(&recover, (enum spool_state)state, err) < 0)
			return -1;
	}
	if (fflush(stdout) != 0)
		return error_errno(err, "write to standard output");
	return 0;
}
