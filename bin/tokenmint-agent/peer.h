#ifndef BIN_TOKENMINT_AGENT_PEER_H
#define BIN_TOKENMINT_AGENT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;

/* Who is at the other end of a local socket, as the kernel knows it: SO_PEERCRED and
 * SO_PEERGROUPS of unix(7), taken when it connected. */
enum { PEER_GROUPS = 256 };

struct peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
	gid_t groups[PEER_GROUPS]; /* the others; more than these count for nothing */
	size_t group_count;
};

int peer_read(struct peer *peer, int fd, struct error *err);

bool peer_is_in(const struct peer *peer, gid_t group);

#endif
