#include "bin/ghstats/commands.h"
#include "bin/ghstats/ingest.h"

int cmd_ingest(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	(void)options;
	return ingest(layout, err);
}
