#include "lib/log.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/check.h"

static char text[4096];

/* What is written to stderr while body runs. */
static const char *captured(void (*body)(void))
{
	int saved = dup(STDERR_FILENO);
	int pipes[2];
	ssize_t len;

	CHECK(pipe(pipes) == 0);
	CHECK(dup2(pipes[1], STDERR_FILENO) == STDERR_FILENO);
	body();
	CHECK(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	close(pipes[1]);
	len = read(pipes[0], text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = '\0';
	return text;
}

static void plain(void)
{
	log_start("hookroute", false);
	log_info("branch '%s'", "a\nb\x1b[31m");
	log_debug("not seen");
}

static void journal(void)
{
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_start("hookroute", true);
	log_error("e");
	log_warning("w");
	log_notice("n");
	log_info("i");
	log_debug("d");
}

static void a_line_cannot_be_forged(void)
{
	unsetenv("JOURNAL_STREAM");
	CHECK_STR(captured(plain), "hookroute: branch 'a?b?[31m'\n");
}

static void the_journal_gets_levels(void)
{
	CHECK_STR(captured(journal), "<3>hookroute: e\n<4>hookroute: w\n<5>hookroute: n\n"
				     "<6>hookroute: i\n<7>hookroute: d\n");
}

static void the_client_of_inetd_reads_no_log(void)
{
	int saved = dup(STDERR_FILENO);
	int pair[2];
	ssize_t len;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	CHECK(dup2(pair[1], STDIN_FILENO) == STDIN_FILENO);
	CHECK(dup2(pair[1], STDERR_FILENO) == STDERR_FILENO);
	log_start("hookrecv", true);
	log_error("not for you");
	CHECK(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	len = read(pair[0], text, sizeof(text));
	CHECK(len < 0);
	/* A socket of its own is the journal's, or a supervisor's. */
	CHECK(dup2(pair[0], STDERR_FILENO) == STDERR_FILENO);
	log_start("hookrecv", false);
	log_error("e");
	CHECK(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	CHECK(read(pair[1], text, sizeof(text)) > 0);
}

static void gathered(void)
{
	log_start("hookrecv", false);
	log_gather(true);
	log_info("one");
	log_notice("two");
}

static void worse(void)
{
	log_warning("three");
	log_info("four");
}

static void many(void)
{
	int i;

	log_flush();
	for (i = 0; i < 100; i++)
		log_info("%060d", i);
}

static void lines_gather_until_something_is_wrong(void)
{
	size_t len;

	CHECK_STR(captured(gathered), "");
	CHECK_STR(captured(worse), "hookrecv: one\nhookrecv: two\nhookrecv: three\n");
	CHECK_STR(captured(log_flush), "hookrecv: four\n");
	/* Whole lines, and no more than a pipe takes at once. */
	len = strlen(captured(many));
	CHECK(len > 0 && len % 71 == 0);
	CHECK_STR(captured(log_flush) + strlen(text) - 4, "099\n");
	log_gather(false);
	CHECK_STR(captured(plain), "hookroute: branch 'a?b?[31m'\n");
}

static const struct check_case cases[] = {
	{ "lines_gather_until_something_is_wrong",
	  lines_gather_until_something_is_wrong },
	{ "a_line_cannot_be_forged", a_line_cannot_be_forged },
	{ "the_journal_gets_levels", the_journal_gets_levels },
	{ "the_client_of_inetd_reads_no_log", the_client_of_inetd_reads_no_log },
};

CHECK_MAIN(cases)
