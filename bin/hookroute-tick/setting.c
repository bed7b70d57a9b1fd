#include "bin/hookroute-tick/setting.h"

#include "lib/config.h"
#include "lib/error.h"
#include "lib/str.h"

#define MAX_MS (UINT64_C(24) * 3600 * 1000)

int setting_jitter(int64_t *jitter_ms, const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	const char *text = NULL;
	uint64_t ms = 0;

	if (config_load(&config, layout, err) < 0)
		return -1;
	text = config_get(&config, "HOOKTOOLS_TICK_JITTER");
	if (text && (str_to_duration(&ms, text, err) < 0 || ms > MAX_MS))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_TICK_JITTER is from 0 to 24h, not '%s'",
				 text);
	*jitter_ms = (int64_t)ms;
	return 0;
}
