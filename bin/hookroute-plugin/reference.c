#include "bin/hookroute-plugin/reference.h"

#include <stdlib.h>
#include <string.h>

#include "bin/hookroute-plugin/dropped.h"
#include "lib/error.h"
#include "lib/str.h"

int reference_parse(struct reference *reference, const char *text, struct error *err)
{
	auto_reference struct reference parsed = REFERENCE_EMPTY;
	const char *at = strchr(text, '@');

	parsed.name = str_format("%.*s", (int)strcspn(text, "@"), text);
	if (dropped_check_name(parsed.name, err) < 0)
		return -1;
	if (at && (!version_parse(&parsed.version, at + 1) || !parsed.version.parts))
		return error_set(err, ERROR_USAGE, "'%s' is no version as 1 or 1.2.0",
				 at + 1);
	*reference = parsed;
	parsed = (struct reference)REFERENCE_EMPTY;
	return 0;
}

void reference_free(struct reference *reference)
{
	free(reference->name);
	*reference = (struct reference)REFERENCE_EMPTY;
}
