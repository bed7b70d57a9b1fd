#include "bin/hookrecv/receive.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "tests/fuzz/fuzz.h"

/* A hook of each kind at /hook/<digit>0000000-0000-4000-8000-000000000000. */
static const char *const providers[] = { "none",  "github", "gitea",	"gitlab",
					 "azure", "slack",  "standard", "token" };

enum { PROVIDERS = sizeof(providers) / sizeof(providers[0]) };

static struct {
	struct receive receive;
	struct source_trust trust;
	struct http_service service;
	/* What the sender has still to send, and how much at once. */
	int fd;
	const uint8_t *bytes;
	size_t left;
	size_t step;
	bool ended;
} world = { .receive = RECEIVE_NONE };

static void add_hook(const struct layout *layout, size_t i)
{
	static const char key[] = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==";
	auto_registry struct registry registry = REGISTRY_NONE;
	auto_vault struct vault vault = VAULT_NONE;
	auto_free char *secret = NULL;
	char name[32];
	struct registry_hook hook = { .name = name,
				      .provider = (char *)providers[i],
				      .max_body = 4096,
				      .enabled = true };
	struct error err = { 0 };

	(void)snprintf(name, sizeof(name), "acme/%s", providers[i]);
	(void)snprintf(hook.id, sizeof(hook.id), "%zu0000000-0000-4000-8000-000000000000",
		       i);
	secret = registry_secret_name(hook.id);
	FUZZ_PROMISE(registry_open(&registry, layout, &err) == 0);
	FUZZ_PROMISE(vault_open_layout(&vault, layout, &err) == 0);
	FUZZ_PROMISE(vault_put(&vault, secret, (struct str_view){ key, sizeof(key) - 1 },
			       0, &err) == 0);
	FUZZ_PROMISE(registry_add(&registry, &hook, &err) == 0);
}

static void open_world(void)
{
	static const char key[] = "000102030405060708090a0b0c0d0e0f"
				  "101112131415161718191a1b1c1d1e1f";
	const char *folder =
		fuzz_file("conf/hooktools.key", (const uint8_t *)key, sizeof(key) - 1);
	auto_free char *state = path_join(folder, "state");
	auto_free char *conf = path_join(folder, "conf");
	struct layout layout = { .state = state, .conf = conf, .run = state };
	struct error err = { 0 };
	size_t i;

	if (world.service.begin)
		return;
	for (i = 0; i < PROVIDERS; i++)
		add_hook(&layout, i);
	FUZZ_PROMISE(receive_open(&world.receive, &layout, &world.trust, &err) == 0);
	world.service = receive_service(&world.receive);
}

/* The next bytes, once the last ones are read; behind the last the sender says so. */
static void send_on(void)
{
	size_t len = world.left < world.step ? world.left : world.step;
	int unread = 0;

	if (world.ended || (ioctl(world.fd, SIOCOUTQ, &unread) == 0 && unread > 0))
		return;
	if (len == 0 || send(world.fd, world.bytes, len, MSG_NOSIGNAL) < 0) {
		world.ended = true;
		(void)shutdown(world.fd, SHUT_WR);
		return;
	}
	world.bytes += len;
	world.left -= len;
}

static void turn(void *context)
{
	world.service.turn(context);
	send_on();
}

/* What the server answers. */
static size_t serve(char *answer, size_t room)
{
	const struct http_limits limits = { .connections = 1,
					    .idle_s = 5,
					    .total_s = 5,
					    .head_bytes = world.receive.limits.head_bytes,
					    .head_lines =
						    world.receive.limits.head_lines };
	struct http_service service = world.service;
	auto_http_server struct http_server server = HTTP_SERVER_NONE;
	int pair[2] = { -1, -1 };
	struct error err = { 0 };
	size_t len = 0;
	ssize_t got;

	service.turn = turn;
	FUZZ_PROMISE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	world.fd = pair[0];
	FUZZ_PROMISE(http_server_open_single(&server, (int[]){ pair[1], pair[1] },
					     &service, &limits, &err) == 0);
	close(pair[1]);
	FUZZ_PROMISE(http_server_run(&server, &err) == 0);
	http_server_close(&server);
	while ((got = recv(pair[0], answer + len, room - len, MSG_DONTWAIT)) > 0)
		len += (size_t)got;
	close(pair[0]);
	return len;
}

static void check_event(int dir, const char *name)
{
	auto_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char line[32768];
	ssize_t len = read(fd, line, sizeof(line));
	struct json_scan scan;

	FUZZ_PROMISE(len > 1 && len < (ssize_t)sizeof(line) && line[len - 1] == '\n');
	FUZZ_PROMISE(!memchr(line, '\n', (size_t)len - 1));
	json_scan_start(&scan);
	FUZZ_PROMISE(json_scan_feed(&scan, line, (size_t)len) && json_scan_finish(&scan));
	FUZZ_PROMISE(unlinkat(dir, name, 0) == 0);
}

/* The events in a folder of the spool, which are whole, and gone afterwards. */
static unsigned take_events(enum spool_state state)
{
	int fd = openat(world.receive.spool.dir[state], ".", O_RDONLY | O_CLOEXEC);
	auto_closedir DIR *dir = fdopendir(fd);
	struct dirent *item;
	unsigned count = 0;

	FUZZ_PROMISE(dir);
	while ((item = readdir(dir))) {
		if (item->d_name[0] == '.')
			continue;
		check_event(fd, item->d_name);
		count++;
	}
	return count;
}

/*
 * One connection: whatever comes, in pieces of a length that the last byte tells, is answered
 * by HTTP or not at all; 202 means one whole event in the spool, anything else none.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char answer[65536];
	size_t len;
	bool accepted;

	open_world();
	world.bytes = bytes;
	world.left = size;
	world.step = size && bytes[size - 1] ? bytes[size - 1] : size;
	world.ended = false;
	len = serve(answer, sizeof(answer) - 1);
	answer[len] = '\0';
	FUZZ_PROMISE(len == 0 || strncmp(answer, "HTTP/1.1 ", 9) == 0);
	FUZZ_PROMISE(strncmp(answer, "HTTP/1.1 500", 12) != 0);
	accepted = strstr(answer, "HTTP/1.1 202 ") != NULL;
	FUZZ_PROMISE(take_events(SPOOL_NEW) == (accepted ? 1 : 0));
	FUZZ_PROMISE(take_events(SPOOL_TMP) == 0);
	return 0;
}
