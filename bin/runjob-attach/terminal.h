#ifndef BIN_RUNJOB_ATTACH_TERMINAL_H
#define BIN_RUNJOB_ATTACH_TERMINAL_H

#include <termios.h>

struct error;

/* Our own terminal, raw while the one at the other end is in use: what is typed is echoed there
 * only, and Ctrl-C is a key.  A process of its own puts it back when we cannot. */
struct terminal {
	struct termios before;
	int guard_fd; /* the guard's work begins when it is closed; -1: not raw */
	int guard_pid;
};

#define TERMINAL_NONE                                                                    \
	{                                                                                \
		.guard_fd = -1                                                           \
	}
#define auto_terminal __attribute__((cleanup(terminal_restore)))

int terminal_make_raw(struct terminal *terminal, struct error *err);
void terminal_restore(struct terminal *terminal);

#endif
