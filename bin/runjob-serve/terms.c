#include "bin/runjob-serve/terms.h"

#include <stddef.h>

#include "lib/config.h"
#include "lib/error.h"
#include "lib/str.h"

static int read_number(unsigned *number, const struct config *config, const char *name,
		       uint64_t max, struct error *err)
{
	const char *text = config_get(config, name);
	uint64_t given = 0;

	if (!text)
		return 0;
	if (str_to_u64(&given, text, 0, max, err) < 0)
		return error_set(err, ERROR_CONFIG,
				 "%s wants a number up to %llu, not '%s'", name,
				 (unsigned long long)max, text);
	*number = (unsigned)given;
	return 0;
}

static int read_anonymous(uint64_t *ms, const struct config *config, struct error *err)
{
	static const char name[] = "HOOKTOOLS_ANONYMOUS_TIME";
	const char *text = config_get(config, name);

	if (text && str_to_duration(ms, text, err) < 0)
		return error_set(err, ERROR_CONFIG, "%s wants a time, not '%s'", name,
				 text);
	return 0;
}

int terms_read(struct terms *terms, const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct terms read = { .anonymous_ms = 5 * 60 * 1000,
			      .rate = 50,
			      .connections = 512,
			      .address_connections = 64 };

	if (config_load(&config, layout, err) < 0 ||
	    read_anonymous(&read.anonymous_ms, &config, err) < 0 ||
	    read_number(&read.rate, &config, "HOOKTOOLS_RATE", 100000, err) < 0 ||
	    read_number(&read.connections, &config, "HOOKTOOLS_CONNECTIONS", 65536, err) <
		    0 ||
	    read_number(&read.address_connections, &config,
			"HOOKTOOLS_ADDRESS_CONNECTIONS", 65536, err) < 0)
		return -1;
	*terms = read;
	return 0;
}
