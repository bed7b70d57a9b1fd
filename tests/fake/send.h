#ifndef TESTS_FAKE_SEND_H
#define TESTS_FAKE_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/json.h"

/* One try to deliver something to a hook. */
struct delivery {
	uint64_t number; /* of the hook, from 1 */
	char *guid;
	char *event;
	char *payload;
	char *at;
	uint64_t status; /* what the receiver answered; 0: it was not reached */
	bool again;
};

#define DELIVERY_EMPTY                                                                   \
	{                                                                                \
		0, NULL, NULL, NULL, NULL, 0, false                                      \
	}

/* Send it signed with the hook's secret, as its forge does; gives the answer's status. */
uint64_t send_delivery(jv hook, const struct delivery *delivery);

#endif
