#include "bin/hookroute/deliveries.h"

#include <stdlib.h>

const char *routes_with_name(enum delivery_with with)
{
	if (with == WITH_PAYLOAD)
		return "payload";
	return with == WITH_EVENT ? "event" : NULL;
}

/* FNV-1a of the route's name: those of one route never meet, those of two do once in four
 * thousand millions. */
uint32_t delivery_number(const struct delivery *delivery)
{
	const char *p = delivery->route;
	uint32_t hash = p ? 2166136261U : 0;

	for (; p && *p; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619U;
	return hash + delivery->n;
}

void delivery_id(char id[static UUID_LEN], const char *event_id,
		 const struct delivery *delivery)
{
	uuid_derive(id, event_id, delivery_number(delivery));
}

bool deliveries_have(const struct deliveries *deliveries, const struct delivery *delivery)
{
	uint32_t number = delivery_number(delivery);
	size_t i;

	for (i = 0; i < deliveries->count; i++) {
		if (delivery_number(&deliveries->list[i]) == number)
			return true;
	}
	return false;
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
		free(delivery->file);
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
