#include "lib/github_answer.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A line is an answer, or an error that says something. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct error err = { 0 };

	if (github_answer_read(&answer, (struct str_view){ text, size }, &err) < 0)
		FUZZ_PROMISE(err.kind != ERROR_NONE && *err.message);
	else
		(void)github_answer_check(&answer, "ask", &err);
	github_answer_wipe(&answer);
	return 0;
}
