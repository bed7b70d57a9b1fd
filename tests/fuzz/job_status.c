#include "lib/job_status.h"

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/job.h"
#include "lib/json_plain.h"
#include "tests/fuzz/fuzz.h"

static void dump(struct buf *out, const struct job_status *status)
{
	const struct job job = { .id = "0195b6a0-0000-7000-8000-000000000001",
				 .owner = "53d8e155",
				 .fd = -1 };

	job_status_dump(out, &job, status);
}

/* What is taken of a status.json is what is written of it again, whoever wrote it first. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	auto_buf struct buf once = BUF_EMPTY;
	auto_buf struct buf twice = BUF_EMPTY;
	struct job_status status = { 0 };
	struct job_status again = { 0 };
	struct error err = { 0 };

	if (job_status_parse(&status, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(status.state < JOB_STATES && *job_state_name(status.state));
	dump(&once, &status);
	FUZZ_PROMISE(json_plain_is_valid((struct str_view){ once.data, once.len }));
	FUZZ_PROMISE(job_status_parse(&again, (struct str_view){ once.data, once.len },
				      &err) == 0);
	dump(&twice, &again);
	FUZZ_PROMISE(str_equal(buf_str(&once), buf_str(&twice)));
	return 0;
}
