#include "lib/anchor.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "tests/fuzz/fuzz.h"

enum { MOST = 200000 };

/* One packet, with as many descriptors as its first byte says. */
static bool send_packet(int fd, const uint8_t *bytes, size_t size)
{
	char space[CMSG_SPACE(4 * sizeof(int))] = { 0 };
	struct iovec part = { (void *)(uintptr_t)(bytes + 1), size - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	const size_t count = bytes[0] % 5;

	if (count) {
		const int fds[4] = { fd, fd, fd, fd };
		struct cmsghdr *control;

		message.msg_control = space;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control = CMSG_FIRSTHDR(&message);
		control->cmsg_level = SOL_SOCKET;
		control->cmsg_type = SCM_RIGHTS;
		control->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(control), fds, count * sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

/* There is no supervisor that could be started: whatever is asked, nobody lives afterwards, each
 * has an answer, and no descriptor is left. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct layout layout = { .libexec = (char *)(uintptr_t) "/nonexistent" };
	auto_close int asks = -1;
	auto_close int answers = -1;
	struct error err = { 0 };
	int pair[2] = { -1, -1 };
	char answer = '\0';
	pid_t pid = -1;
	int free_fd;

	if (size == 0 || size > MOST)
		return 0;
	FUZZ_PROMISE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	asks = pair[0];
	answers = pair[1];
	if (!send_packet(asks, bytes, size))
		return 0;
	free_fd = fcntl(asks, F_DUPFD_CLOEXEC, 0);
	close(free_fd);
	if (anchor_answer(&pid, answers, &layout, &err) < 0) {
		FUZZ_PROMISE(err.kind != ERROR_NONE && *err.message);
		FUZZ_PROMISE(recv(asks, &answer, 1, MSG_DONTWAIT) == 1 && answer == 'n');
	} else {
		FUZZ_PROMISE(size == 1);
	}
	FUZZ_PROMISE(pid == 0);
	pair[0] = fcntl(asks, F_DUPFD_CLOEXEC, 0);
	close(pair[0]);
	FUZZ_PROMISE(pair[0] == free_fd);
	return 0;
}
