#include "lib/pipeline_state.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/pipeline_name.h"
#include "lib/pipeline_share.h"
#include "lib/str.h"
#include "tests/fuzz/fuzz.h"

/* What is taken is written again as it is meant. */
static void words(const char *text)
{
	struct pipeline_choice choice = { 0 };
	struct pipeline_name name = { "", 0 };
	struct error err = { 0 };
	uint32_t share = 0;

	if (pipeline_choice_parse(&choice, text)) {
		auto_buf struct buf again = BUF_EMPTY;

		pipeline_choice_add(&again, &choice);
		FUZZ_PROMISE(strcmp(buf_str(&again), text) == 0 && choice.version);
	}
	if (pipeline_name_parse(&name, text, &err) == 0)
		FUZZ_PROMISE(str_is_identifier(name.name) && str_starts(text, name.name));
	else
		FUZZ_PROMISE(err.kind == ERROR_USAGE && *err.message);
	if (pipeline_share_parse(&share, text, &err) == 0)
		FUZZ_PROMISE(share > 0 && share < PIPELINE_SHARE_ALL);
	FUZZ_PROMISE(pipeline_share_place(text) < PIPELINE_SHARE_ALL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *text = fuzz_text(bytes, size);
	struct pipeline_deployment deployment = { 0 };
	struct pipeline_state state = { 0 };
	struct pipeline_state again = { 0 };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	words(text);
	if (pipeline_deployment_parse(&deployment, (struct str_view){ text, size },
				      &err) == 0)
		FUZZ_PROMISE(deployment.number && deployment.type < PIPELINE_TYPES);
	if (pipeline_state_parse(&state, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(state.share < PIPELINE_SHARE_ALL);
	pipeline_state_dump(&out, &state);
	FUZZ_PROMISE(pipeline_state_parse(&again, (struct str_view){ out.data, out.len },
					  &err) == 0);
	FUZZ_PROMISE(again.version == state.version && again.share == state.share &&
		     again.before_count == state.before_count);
	return 0;
}
