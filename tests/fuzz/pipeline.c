#include "lib/pipeline.h"

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A pipeline that is taken comes to an end when each task that may start succeeds. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_copy(bytes, size);
	auto_pipeline struct pipeline pipeline = PIPELINE_EMPTY;
	struct error err = { 0 };
	size_t index = 0;

	if (pipeline_parse(&pipeline, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(pipeline.count > 0 && pipeline.count <= PIPELINE_TASKS_MAX);
	while (pipeline_next(&index, &pipeline))
		pipeline.tasks[index].state = PIPELINE_OK;
	FUZZ_PROMISE(pipeline_is_over(&pipeline));
	return 0;
}
