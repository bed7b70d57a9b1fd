#include "lib/reply.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "tests/lib/check.h"

static void says_whether_a_later_try_may_help(void)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	error_set(&err, ERROR_TEMPORARY, "not \"now\"");
	reply_write_failure(&out, &err);
	error_set(&err, ERROR_DATA, "never");
	reply_write_failure(&out, &err);
	CHECK_STR(buf_str(&out),
		  "{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"message\":\"not "
		  "\\\"now\\\"\"}}\n"
		  "{\"ok\":false,\"error\":{\"kind\":\"permanent\",\"message\":\"never\"}"
		  "}\n");
}

static const struct check_case cases[] = {
	{ "says_whether_a_later_try_may_help", says_whether_a_later_try_may_help },
};

CHECK_MAIN(cases)
