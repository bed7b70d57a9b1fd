#include "bin/hookroute/lane.h"

#include <string.h>

#include "bin/hookroute/routes.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_write.h"

enum { KEY_MAX = 1024 };

int lane_read(struct delivery *delivery, jv value, struct error *err)
{
	auto_free char *lane = NULL;
	bool latest = false;

	if (json_get_string(&lane, value, "lane", err) < 0 ||
	    json_get_bool(&latest, value, "latest", err) < 0)
		return -1;
	if (lane && strlen(lane) > KEY_MAX)
		return error_set(err, ERROR_DATA, "'lane' has more than %d bytes",
				 KEY_MAX);
	if (latest && !lane)
		return error_set(err, ERROR_DATA, "'latest' without a 'lane'");
	delivery->lane = lane;
	lane = NULL;
	delivery->latest = latest;
	return 0;
}

void lane_write(struct json_writer *writer, const struct delivery *delivery)
{
	if (!delivery->lane)
		return;
	json_write_string(writer, "lane", delivery->lane);
	if (delivery->latest)
		json_write_bool(writer, "latest", true);
}

bool lane_is_among(const struct deliveries *deliveries)
{
	size_t i;

	for (i = 0; i < deliveries->count; i++) {
		if (deliveries->list[i].lane)
			return true;
	}
	return false;
}
