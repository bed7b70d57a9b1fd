#ifndef BIN_TOKENMINT_EVENT_H
#define BIN_TOKENMINT_EVENT_H

#include <stdint.h>

#include "lib/str.h"

struct error;

/* What an event of GitHub asks of the stored tokens. */
enum event_wish {
	EVENT_IGNORE, /* another event or action, or another forge: accepted, nothing to do */
	EVENT_STORE,  /* a new token in the installation's place */
	EVENT_REMOVE, /* GitHub gives no more tokens for now */
	EVENT_FORGET, /* the installation is gone for good */
	EVENT_RENAME, /* its owner is called otherwise now */
};

/* Views into the event's line. */
struct event_installation {
	enum event_wish wish;
	struct str_view action;
	struct str_view object; /* payload.installation */
	struct str_view owner;
	uint64_t id;
};

/* Take an event apart; ERROR_DATA when it is none, or an installation's without its members. */
int event_read(struct event_installation *event, struct str_view line, struct error *err);

#endif
