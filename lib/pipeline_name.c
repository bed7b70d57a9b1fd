#include "lib/pipeline_name.h"

#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

int pipeline_name_parse(struct pipeline_name *name, const char *text, struct error *err)
{
	auto_free char *word = str_dup(text);
	char *at = strchr(word, '@');
	struct pipeline_name got = { "", 0 };

	if (at) {
		*at++ = '\0';
		if (str_to_u64(&got.version, at, 1, INT64_MAX, err) < 0)
			return error_set(err, ERROR_USAGE,
					 "'%.100s' wants the number of a version behind "
					 "its '@'",
					 text);
	}
	if (!str_is_identifier(word))
		return error_set(err, ERROR_USAGE,
				 "'%.100s' is no name of a registered pipeline: 3 to 32 "
				 "letters, digits and hyphens",
				 word);
	snprintf(got.name, sizeof(got.name), "%s", word);
	*name = got;
	return 0;
}
