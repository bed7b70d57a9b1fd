#include "bin/hookrecv/limits.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/str.h"

enum { FREE_BYTES = 256 << 20, FREE_INODES = 1024, FREE_PERCENT = 5 };
enum {
	CONNECTIONS = 512,
	ADDRESS_CONNECTIONS = 64,
	HEAD_S = 10,
	HEAD_BYTES = 16384,
	HEAD_LINES = 100
};

struct range {
	const char *name;
	unsigned min;
	unsigned max;
};

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

static int read_number(unsigned *number, const struct config *config,
		       const struct range *range, struct error *err)
{
	const char *text = config_get(config, range->name);
	uint64_t given = 0;

	if (!text)
		return 0;
	if (str_to_size(&given, text, err) < 0 || given < range->min ||
	    given > range->max)
		return error_set(err, ERROR_CONFIG,
				 "%s wants a number from %u to %u, not '%s'", range->name,
				 range->min, range->max, text);
	*number = (unsigned)given;
	return 0;
}

static int read_head_time(struct limits *limits, const struct config *config,
			  struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_HEAD_TIME");
	uint64_t given_ms = 0;

	if (!text)
		return 0;
	if (str_to_duration(&given_ms, text, err) < 0 || given_ms < 1000 ||
	    given_ms > 3600 * 1000)
		return error_set(
			err, ERROR_CONFIG,
			"HOOKTOOLS_HEAD_TIME wants a time from 1s to 1h, not '%s'", text);
	limits->head_s = (unsigned)(given_ms / 1000);
	return 0;
}

static int read_http(struct limits *limits, const struct config *config,
		     struct error *err)
{
	static const struct range connections = { "HOOKTOOLS_CONNECTIONS", 1, 65536 };
	static const struct range each = { "HOOKTOOLS_ADDRESS_CONNECTIONS", 0, 65536 };
	static const struct range rate = { "HOOKTOOLS_RATE", 0, 100000 };
	static const struct range head_lines = { "HOOKTOOLS_HEAD_LINES", 8, 1000 };
	static const struct range head_bytes = { "HOOKTOOLS_HEAD_SIZE", 1024, 49152 };

	if (read_number(&limits->connections, config, &connections, err) < 0 ||
	    read_number(&limits->address_connections, config, &each, err) < 0 ||
	    read_number(&limits->rate, config, &rate, err) < 0 ||
	    read_head_time(limits, config, err) < 0 ||
	    read_number(&limits->head_lines, config, &head_lines, err) < 0)
		return -1;
	return read_number(&limits->head_bytes, config, &head_bytes, err);
}

uint64_t limits_floor_of(const struct limits_floor *limit, uint64_t all)
{
	uint64_t part = all / 100 * limit->percent + all % 100 * limit->percent / 100;

	return part < limit->number ? part : limit->number;
}

int limits_load(struct limits *limits, const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct limits loaded = { .free_bytes = { FREE_BYTES, FREE_PERCENT },
				 .free_inodes = { FREE_INODES, FREE_PERCENT },
				 .connections = CONNECTIONS,
				 .address_connections = ADDRESS_CONNECTIONS,
				 .head_s = HEAD_S,
				 .head_bytes = HEAD_BYTES,
				 .head_lines = HEAD_LINES };

	if (config_load(&config, layout, err) < 0 ||
	    read_floor(&loaded.free_bytes, &config, "HOOKTOOLS_MIN_FREE", err) < 0 ||
	    read_floor(&loaded.free_inodes, &config, "HOOKTOOLS_MIN_INODES", err) < 0 ||
	    read_http(&loaded, &config, err) < 0)
		return -1;
	*limits = loaded;
	return 0;
}
