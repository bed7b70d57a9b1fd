#include "bin/hookrecv/commands.h"

#include <stddef.h>

#include "bin/hookrecv/explain.h"
#include "bin/hookrecv/options.h"
#include "lib/error.h"

int cmd_explain(const struct options *options, const struct layout *layout,
		struct error *err)
{
	if (options->trace && options->request)
		return error_set(err, ERROR_USAGE,
				 "--trace and --request exclude each other");
	if (options->last && !options->trace)
		return error_set(err, ERROR_USAGE, "--last belongs to --trace");
	if (options->second)
		return error_set(err, ERROR_USAGE, "one argument too many: '%s'",
				 options->second);
	if (options->request)
		return explain_request(options, layout, err);
	if (options->provider || options->secret_file)
		return error_set(err, ERROR_USAGE,
				 "--provider and --secret-file belong to --request");
	if (options->trace)
		return explain_trace(options, layout, err);
	return explain_event(options, layout, err);
}
