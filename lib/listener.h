#ifndef LIB_LISTENER_H
#define LIB_LISTENER_H

#include <stdbool.h>

struct error;

/* Sockets to listen on: made by ourselves, or inherited from systemd. */

/*
 * Listen on "ADDR:PORT", "[ADDR6]:PORT", ":PORT" (every address) or "unix:PATH" (an old
 * socket there that nobody answers is replaced).  Port 0 takes a free one.  The
 * descriptor is non-blocking and close-on-exec.  A text that is no address is ERROR_USAGE,
 * an address in use ERROR_CONFIG.
 */
int listener_open(int *fd, const char *address, struct error *err);

/*
 * The socket systemd passed (LISTEN_PID, LISTEN_FDS of sd_listen_fds(3)); *found is false
 * when there is none for this process.  More than one is ERROR_CONFIG.  The variables are
 * removed, so that no child takes them for its own.
 */
int listener_inherited(int *fd, bool *found, struct error *err);

/* Where it listens, "127.0.0.1:8080" or "unix:/run/x"; the caller frees it. */
char *listener_name(int fd);

#endif
