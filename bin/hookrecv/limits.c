#include "bin/hookrecv/limits.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/str.h"

enum { FREE_BYTES = 256 << 20, FREE_INODES = 1024, FREE_PERCENT = 5 };

/* "10%", or a size or number. */
static int parse_floor(struct limits_floor *limit, const char *text, struct error *err)
{
	auto_free char *digits = str_dup(text);
	struct limits_floor parsed = { UINT64_MAX, 100 };
	uint64_t percent = 100;

	if (str_ends(text, "%")) {
		digits[strlen(digits) - 1] = '\0';
		if (str_to_u64(&percent, digits, 0, 100, err) < 0)
			return -1;
	} else if (str_to_size(&parsed.number, text, err) < 0) {
		return -1;
	}
	parsed.percent = (unsigned)percent;
	*limit = parsed;
	return 0;
}

/* Unset leaves it as it is. */
static int read_floor(struct limits_floor *limit, const struct config *config,
		      const char *name, struct error *err)
{
	const char *text = config_get(config, name);

	if (text && parse_floor(limit, text, err) < 0)
		return error_set(err, ERROR_CONFIG,
				 "%s wants a size or a part like 5%%, not '%s'", name,
				 text);
	return 0;
}

int limits_load(struct limits *limits, const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct limits loaded = { .free_bytes = { FREE_BYTES, FREE_PERCENT },
				 .free_inodes = { FREE_INODES, FREE_PERCENT } };

	if (config_load(&config, layout, err) < 0 ||
	    read_floor(&loaded.free_bytes, &config, "HOOKTOOLS_MIN_FREE", err) < 0 ||
	    read_floor(&loaded.free_inodes, &config, "HOOKTOOLS_MIN_INODES", err) < 0)
		return -1;
	*limits = loaded;
	return 0;
}
