#include "lib/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static void here(void)
{
	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
}

static bool has_inet6(void)
{
	struct sockaddr_in6 loopback = { .sin6_family = AF_INET6,
					 .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	auto_close int fd = socket(AF_INET6, SOCK_STREAM, 0);

	return fd >= 0 && bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0;
}

static bool listens(int fd)
{
	int answer = 0;
	socklen_t len = sizeof(answer);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &len) == 0 && answer;
}

static void a_free_port_is_named(void)
{
	auto_close int fd = -1;
	auto_free char *name = NULL;
	struct error err = { 0 };

	CHECK(listener_open(&fd, "127.0.0.1:0", &err) == 0);
	CHECK(listens(fd));
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	name = listener_name(fd);
	CHECK(str_starts(name, "127.0.0.1:") && !str_equal(name, "127.0.0.1:0"));
}

static void every_form_of_address(void)
{
	static const struct {
		const char *address;
		const char *name;
	} forms[] = {
		{ "0.0.0.0:0", "0.0.0.0:" },
		{ "[::1]:0", "[::1]:" },
		{ "unix:s", "unix:s" },
	};
	struct error err = { 0 };
	size_t i;

	here();
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		auto_close int fd = -1;
		auto_free char *name = NULL;

		if (*forms[i].address == '[' && !has_inet6())
			continue;
		CHECK(listener_open(&fd, forms[i].address, &err) == 0);
		name = listener_name(fd);
		CHECK(listens(fd) && str_starts(name, forms[i].name));
	}
}

static bool takes(int family, const char *name)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	auto_close int fd = socket(family, SOCK_STREAM, 0);

	six.sin6_port = htons((uint16_t)strtoul(strrchr(name, ':') + 1, NULL, 10));
	four.sin_port = six.sin6_port;
	return connect(fd,
		       family == AF_INET ? (struct sockaddr *)&four
					 : (struct sockaddr *)&six,
		       family == AF_INET ? sizeof(four) : sizeof(six)) == 0;
}

static void without_an_address_it_is_every_one(void)
{
	auto_close int fd = -1;
	auto_free char *name = NULL;
	struct error err = { 0 };

	CHECK(listener_open(&fd, ":0", &err) == 0);
	name = listener_name(fd);
	CHECK(takes(AF_INET, name));
	CHECK(!has_inet6() || takes(AF_INET6, name));
}

static void what_is_no_address_is_wrong_usage(void)
{
	static const char *const texts[] = {
		"",
		"80",
		"127.0.0.1",
		"127.0.0.1:70000",
		"127.0.0.1:http",
		"::1:80",
		"[::1]",
		"localhost:80",
		"unix:",
		"127.0.0.1:",
		"127.0.0.1:-1",
		"[127.0.0.1:1",
	};
	auto_free char *longer = str_format("unix:/%0200d", 1);
	int fd = -1;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error err = { 0 };

		CHECK(listener_open(&fd, texts[i], &err) == -1);
		CHECK(err.kind == ERROR_USAGE && fd == -1);
	}
	{
		struct error err = { 0 };

		CHECK(listener_open(&fd, longer, &err) == -1 && err.kind == ERROR_USAGE);
	}
}

static void an_address_in_use_is_named(void)
{
	auto_close int first = -1;
	int second = -1;
	auto_free char *name = NULL;
	struct error err = { 0 };

	CHECK(listener_open(&first, "127.0.0.1:0", &err) == 0);
	name = listener_name(first);
	CHECK(listener_open(&second, name, &err) == -1);
	CHECK(err.kind == ERROR_CONFIG && second == -1 && strstr(err.message, name));
}

static void a_socket_left_behind_is_replaced(void)
{
	auto_close int second = -1;
	int first = -1;
	struct error err = { 0 };

	here();
	CHECK(listener_open(&first, "unix:s", &err) == 0);
	close(first);
	CHECK(access("s", F_OK) == 0);
	CHECK(listener_open(&second, "unix:s", &err) == 0);
}

static void a_socket_that_is_served_stays(void)
{
	auto_close int first = -1;
	int second = -1;
	struct stat before = { 0 };
	struct stat after = { 0 };
	struct error err = { 0 };

	here();
	CHECK(listener_open(&first, "unix:s", &err) == 0 && stat("s", &before) == 0);
	CHECK(listener_open(&second, "unix:s", &err) == -1);
	CHECK(err.kind == ERROR_CONFIG);
	CHECK(stat("s", &after) == 0 && before.st_ino == after.st_ino);
}

static void what_is_no_socket_stays(void)
{
	int fd = -1;
	struct stat st = { 0 };
	struct error err = { 0 };

	here();
	fd = open("s", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && write(fd, "kept", 4) == 4 && close(fd) == 0);
	fd = -1;
	CHECK(listener_open(&fd, "unix:s", &err) == -1);
	CHECK(err.kind == ERROR_CONFIG);
	CHECK(stat("s", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 4);
}

static void pass(int fd, int pid, const char *count)
{
	auto_free char *text = str_format("%d", pid);

	if (fd >= 0 && fd != 3) {
		CHECK(dup2(fd, 3) == 3);
		close(fd);
	}
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "x", 1);
}

static void the_socket_from_systemd(void)
{
	int fd = -1;
	bool found = false;
	struct error err = { 0 };

	CHECK(listener_open(&fd, "127.0.0.1:0", &err) == 0);
	pass(fd, getpid(), "1");
	fd = -1;
	CHECK(listener_inherited(&fd, &found, &err) == 0 && found && fd == 3);
	CHECK(fcntl(3, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(3, F_GETFL) & O_NONBLOCK);
	CHECK(!getenv("LISTEN_PID") && !getenv("LISTEN_FDS") &&
	      !getenv("LISTEN_FDNAMES"));
	CHECK(listener_inherited(&fd, &found, &err) == 0 && !found);
}

static void the_socket_of_another_process(void)
{
	int fd = -1;
	bool found = true;
	struct error err = { 0 };

	CHECK(listener_inherited(&fd, &found, &err) == 0 && !found && fd == -1);
	found = true;
	pass(-1, getppid(), "1");
	CHECK(listener_inherited(&fd, &found, &err) == 0 && !found && fd == -1);
}

static void more_than_one_socket(void)
{
	int fd = -1;
	bool found = true;
	struct error err = { 0 };

	pass(-1, getpid(), "2");
	CHECK(listener_inherited(&fd, &found, &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK(fd == -1 && strstr(err.message, "LISTEN_FDS"));
}

static void a_connection_is_not_a_listening_socket(void)
{
	int pair[2];
	int fd = -1;
	bool found = false;
	struct error err = { 0 };

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	pass(pair[0], getpid(), "1");
	CHECK(listener_inherited(&fd, &found, &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK(fd == -1 && strstr(err.message, "use -i"));
}

static const struct check_case cases[] = {
	{ "a_free_port_is_named", a_free_port_is_named },
	{ "every_form_of_address", every_form_of_address },
	{ "without_an_address_it_is_every_one", without_an_address_it_is_every_one },
	{ "what_is_no_address_is_wrong_usage", what_is_no_address_is_wrong_usage },
	{ "an_address_in_use_is_named", an_address_in_use_is_named },
	{ "a_socket_left_behind_is_replaced", a_socket_left_behind_is_replaced },
	{ "a_socket_that_is_served_stays", a_socket_that_is_served_stays },
	{ "what_is_no_socket_stays", what_is_no_socket_stays },
	{ "the_socket_from_systemd", the_socket_from_systemd },
	{ "the_socket_of_another_process", the_socket_of_another_process },
	{ "more_than_one_socket", more_than_one_socket },
	{ "a_connection_is_not_a_listening_socket",
	  a_connection_is_not_a_listening_socket },
};

CHECK_MAIN(cases)
