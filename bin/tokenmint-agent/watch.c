#include "bin/tokenmint-agent/watch.h"

#include <stdint.h>
#include <sys/epoll.h>

#include "lib/error.h"

static int control(const struct watch *watch, int epoll, int operation, unsigned events)
{
	struct epoll_event event = { .events = events,
				     .data = { .ptr = (void *)(uintptr_t)watch } };

	return epoll_ctl(epoll, operation, watch->fd, &event);
}

int watch_add(const struct watch *watch, int epoll, unsigned events, struct error *err)
{
	if (control(watch, epoll, EPOLL_CTL_ADD, events) < 0)
		return error_errno(err, "watch a descriptor");
	return 0;
}

void watch_change(const struct watch *watch, int epoll, unsigned events)
{
	(void)control(watch, epoll, EPOLL_CTL_MOD, events); /* it is there */
}
