#include "bin/hookroute/deliveries.h"

#include <stdlib.h>

const char *routes_with_name(enum delivery_with with)
{
	if (with == WITH_PAYLOAD)
		return "payload";
	return with == WITH_EVENT ? "event" : NULL;
}

struct delivery *deliveries_add(struct deliveries *deliveries)
{
	struct delivery *grown = realloc(
		deliveries->list, (deliveries->count + 1) * sizeof(*deliveries->list));

	if (!grown)
		abort();
	deliveries->list = grown;
	grown[deliveries->count] = (struct delivery)DELIVERY_EMPTY;
	return &grown[deliveries->count++];
}

void deliveries_cut(struct deliveries *deliveries, size_t count)
{
	while (deliveries->count > count) {
		struct delivery *delivery = &deliveries->list[--deliveries->count];

		free(delivery->route);
		free(delivery->to);
		free(delivery->send);
		free(delivery->lane);
		free(delivery->problem);
		free(delivery->error);
	}
}

void deliveries_free(struct deliveries *deliveries)
{
	deliveries_cut(deliveries, 0);
	free(deliveries->list);
	*deliveries = (struct deliveries)DELIVERIES_EMPTY;
}
