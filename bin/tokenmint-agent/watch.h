#ifndef BIN_TOKENMINT_AGENT_WATCH_H
#define BIN_TOKENMINT_AGENT_WATCH_H

struct error;

/* What an event of the epoll descriptor belongs to: each thing that is watched begins with it. */
enum watch_kind {
	WATCH_LISTENER,
	WATCH_SIGNALS,
	WATCH_CLIENT,
	WATCH_FETCH,
	WATCH_CHILD,
};

struct watch {
	enum watch_kind kind;
	int fd;
};

/* events as epoll_ctl(2) has them. */
int watch_add(const struct watch *watch, int epoll, unsigned events, struct error *err);
void watch_change(const struct watch *watch, int epoll, unsigned events);

#endif
