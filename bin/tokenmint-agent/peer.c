#include "bin/tokenmint-agent/peer.h"

#include <sys/socket.h>

#include "lib/error.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59 /* Linux 4.13 */
#endif

int peer_read(struct peer *peer, int fd, struct error *err)
{
	struct ucred credentials = { .uid = (uid_t)-1 };
	socklen_t len = sizeof credentials;
	socklen_t groups_len = sizeof peer->groups;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) < 0 ||
	    credentials.uid == (uid_t)-1)
		return error_errno(err, "ask the kernel who connected");
	peer->pid = credentials.pid;
	peer->uid = credentials.uid;
	peer->gid = credentials.gid;
	peer->group_count = 0;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &groups_len) == 0)
		peer->group_count = groups_len / sizeof(gid_t);
	return 0;
}

bool peer_is_in(const struct peer *peer, gid_t group)
{
	if (peer->gid == group)
		return true;
	for (size_t i = 0; i < peer->group_count; i++)
		if (peer->groups[i] == group)
			return true;
	return false;
}
