#include "lib/pipeline_runjob.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/process.h"
#include "tests/lib/check.h"

static void the_owner_is_named_if_there_is_one(void)
{
	const char *argv[PIPELINE_ARGUMENTS];

	pipeline_argv(argv, "wait", NULL, "an-id");
	CHECK_STR(argv[0], "runjob");
	CHECK_STR(argv[1], "wait");
	CHECK_STR(argv[2], "an-id");
	CHECK(!argv[3]);
	pipeline_argv(argv, "start", "alice", "-");
	CHECK_STR(argv[1], "start");
	CHECK_STR(argv[2], "--owner");
	CHECK_STR(argv[3], "alice");
	CHECK_STR(argv[4], "-");
	CHECK(!argv[5]);
}

/* A runjob that notes what it is asked, and answers so. */
static void answer(const char *reply)
{
	static const char program[] = "#!/bin/sh\n"
				      "{ printf '%s\\n' \"$*\"; cat; } >asked\n"
				      "printf %s \"$REPLY\"\n";
	auto_close int fd =
		open("runjob", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	struct error err = { 0 };

	CHECK(fd >= 0 && file_write(fd, program, strlen(program), "runjob", &err) == 0);
	CHECK(setenv("REPLY", reply, 1) == 0);
}

static int submit(const char *owner, const char *line, struct error *err)
{
	*err = (struct error){ 0 };
	return pipeline_submit(owner, (struct str_view){ line, strlen(line) }, err);
}

static void a_line_is_started(void)
{
	auto_buf struct buf asked = BUF_EMPTY;
	struct error err = { 0 };

	CHECK(chdir(getenv("HOOKTOOLS_STATE")) == 0);
	process_prefer(getenv("HOOKTOOLS_STATE"));
	answer("{\"ok\":true}");
	CHECK(submit("alice", "{\"id\":\"1\"}\n", &err) == 0);
	CHECK(file_read(&asked, AT_FDCWD, "asked", 100, &err) == 0);
	CHECK_STR(buf_str(&asked), "start --owner alice -\n{\"id\":\"1\"}\n");
}

static void a_refusal_is_told(void)
{
	static const struct {
		const char *reply;
		enum error_kind kind;
		const char *message; /* NULL: the parser's words */
	} replies[] = {
		{ "{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"message\":\"busy\"}"
		  "}",
		  ERROR_TEMPORARY, "busy" },
		{ "{\"ok\":false,\"error\":{\"kind\":\"data\",\"message\":\"no exec\"}}",
		  ERROR_DATA, "no exec" },
		{ "{\"ok\":false,\"error\":{}}", ERROR_DATA, "refused" },
		{ "{\"ok\":false}", ERROR_DATA, "refused" },
		{ "{\"ok\":1}", ERROR_DATA, NULL },
		{ "ok", ERROR_DATA, NULL },
		{ "", ERROR_DATA, NULL },
	};
	struct error err = { 0 };
	size_t i;

	CHECK(chdir(getenv("HOOKTOOLS_STATE")) == 0);
	process_prefer(getenv("HOOKTOOLS_STATE"));
	for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		answer(replies[i].reply);
		CHECK(submit(NULL, "{}\n", &err) == -1 && err.kind == replies[i].kind);
		if (replies[i].message)
			CHECK_STR(err.message, replies[i].message);
	}
	CHECK(chmod("runjob", 0600) == 0 && setenv("PATH", ".", 1) == 0);
	CHECK(submit(NULL, "{}\n", &err) == -1 && err.kind == ERROR_CONFIG);
}

static const struct check_case cases[] = {
	{ "the_owner_is_named_if_there_is_one", the_owner_is_named_if_there_is_one },
	{ "a_line_is_started", a_line_is_started },
	{ "a_refusal_is_told", a_refusal_is_told },
};

CHECK_MAIN(cases)
