#include "lib/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"
#include "lib/uuid.h"

enum { REQUEST_LIMIT = 128 * 1024, PATIENCE_S = 2, OWNER_DIGITS = 64 };

/* False when the path is too long for one. */
static bool make_address(struct sockaddr_un *address, const struct layout *layout)
{
	auto_free char *path = path_join(layout->run, "jobs.sock");

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
	return strlen(path) < sizeof(address->sun_path);
}

static int connect_to(int *fd, const struct layout *layout)
{
	auto_close int made = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	struct timeval patience = { .tv_sec = PATIENCE_S };

	if (made < 0 || !make_address(&address, layout))
		return -1;
	(void)setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(made, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	*fd = steal_fd(&made);
	return 0;
}

/* One packet with so many descriptors. */
static ssize_t put(int fd, struct str_view text, const int *fds, size_t count)
{
	char space[CMSG_SPACE(ANCHOR_FDS * sizeof(int))] = { 0 };
	struct iovec part = { (void *)(uintptr_t)text.data, text.len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *control;

	if (count) {
		message.msg_control = space;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control = CMSG_FIRSTHDR(&message);
		control->cmsg_level = SOL_SOCKET;
		control->cmsg_type = SCM_RIGHTS;
		control->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(control), fds, count * sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* For alignment's sake there is room for more of them than we want. */
static void take_fds(int fds[static ANCHOR_FDS], const struct cmsghdr *control)
{
	const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int each = -1;

	for (size_t i = 0; i < count; i++) {
		memcpy(&each, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
		if (i < ANCHOR_FDS)
			fds[i] = each;
		else
			cleanup_close(&each);
	}
}

static ssize_t get(int fd, struct iovec part, int fds[static ANCHOR_FDS])
{
	char space[CMSG_SPACE(ANCHOR_FDS * sizeof(int))] = { 0 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = space,
				  .msg_controllen = sizeof(space) };
	ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *control;

	fds[0] = fds[1] = fds[2] = -1;
	control = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (control && control->cmsg_level == SOL_SOCKET &&
	    control->cmsg_type == SCM_RIGHTS)
		take_fds(fds, control);
	return got;
}

int anchor_ask(bool *started, int *pidfd, const struct layout *layout,
	       const struct anchor_request *request, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = -1;
	char *const *environment = layout->environment ? layout->environment : environ;
	auto_close int null = -1;
	int fds[ANCHOR_FDS];
	char answer = '\0';
	size_t i;

	*started = false;
	if (connect_to(&fd, layout) < 0)
		return 0;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; i < ANCHOR_FDS; i++)
		fds[i] = request->fds[i] >= 0 ? request->fds[i] : null;
	buf_add(&text, request->id, strlen(request->id) + 1);
	buf_add(&text, request->owner, strlen(request->owner) + 1);
	for (i = 0; environment[i]; i++)
		buf_add(&text, environment[i], strlen(environment[i]) + 1);
	/* Too long for a packet: then without it. */
	if (text.len > REQUEST_LIMIT ||
	    put(fd, (struct str_view){ text.data, text.len }, fds, ANCHOR_FDS) < 0)
		return 0;
	if (get(fd, (struct iovec){ &answer, 1 }, fds) != 1)
		return error_set(
			err, ERROR_TEMPORARY,
			"the anchor of jobs ended while it started job '%s'; see "
			"runjob recover",
			request->id);
	*started = answer == 'y';
	*pidfd = fds[0];
	return 0;
}

int anchor_listen(int *fd, const struct layout *layout, struct error *err)
{
	auto_close int made = -1;
	auto_close int other = -1;
	struct sockaddr_un address;

	if (!make_address(&address, layout))
		return error_set(err, ERROR_CONFIG, "'%s' is too long for a socket",
				 layout->run);
	if (connect_to(&other, layout) == 0)
		return error_set(err, ERROR_CONFIG, "somebody listens at '%s' already",
				 address.sun_path);
	(void)unlink(address.sun_path);
	made = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (made < 0 ||
	    bind(made, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(address.sun_path, 0600) < 0 || listen(made, SOMAXCONN) < 0)
		return error_errno(err, "listen at '%s'", address.sun_path);
	*fd = steal_fd(&made);
	return 0;
}

static bool is_ours(int fd)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == geteuid();
}

/* The texts of a request, one behind the other; NULL behind the last one. */
static char **texts_of(char *text, size_t len)
{
	struct buf list = BUF_EMPTY;
	char *end = text + len;
	char *p;

	for (p = text; p < end; p += strlen(p) + 1)
		buf_add(&list, &p, sizeof(p));
	p = NULL;
	buf_add(&list, &p, sizeof(p));
	return (char **)(void *)buf_take(&list);
}

static void close_all(int fds[static ANCHOR_FDS])
{
	for (int i = 0; i < ANCHOR_FDS; i++)
		cleanup_close(&fds[i]);
}

static bool is_owner(const char *text)
{
	return strlen(text) == OWNER_DIGITS &&
	       strspn(text, "0123456789abcdef") == OWNER_DIGITS;
}

static int start(struct process *process, const struct layout *layout, char **texts,
		 const int fds[static ANCHOR_FDS], struct error *err)
{
	auto_free char *program = path_join(layout->libexec, "runjob-shim");
	const char *argv[] = { program, texts[0], texts[1], NULL };
	struct process_start how = { .argv = argv,
				     .environment = texts + 2,
				     .in = fds[0],
				     .out = fds[1],
				     .err = fds[2],
				     .new_session = true };

	return process_spawn(process, &how, err);
}

int anchor_answer(pid_t *pid, int connection, const struct layout *layout,
		  struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char **texts = NULL;
	struct timeval patience = { .tv_sec = PATIENCE_S };
	struct process process = PROCESS_NONE;
	int fds[ANCHOR_FDS] = { -1, -1, -1 };
	bool well = false;
	ssize_t got;

	*pid = 0;
	(void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	if (!is_ours(connection))
		return error_set(err, ERROR_DENIED, "another user asked for a job");
	got = get(connection,
		  (struct iovec){ buf_room(&text, REQUEST_LIMIT + 1), REQUEST_LIMIT },
		  fds);
	/* Somebody who only looked whether we are there. */
	if (got == 0) {
		close_all(fds);
		return 0;
	}
	if (got > 0) {
		buf_grew(&text, (size_t)got);
		texts = texts_of(text.data, text.len);
		if (fds[2] >= 0 && texts[0] && texts[1] && uuid_is_valid(texts[0]) &&
		    is_owner(texts[1]))
			well = start(&process, layout, texts, fds, err) == 0;
	}
	close_all(fds);
	if (!well && err->kind == ERROR_NONE)
		(void)error_set(err, ERROR_DATA, "a request that is none");
	/* Whoever asked may be gone. */
	(void)put(connection, (struct str_view){ well ? "y" : "n", 1 }, &process.pidfd,
		  well ? 1 : 0);
	cleanup_close(&process.pidfd);
	*pid = process.pid;
	return well ? 0 : -1;
}
