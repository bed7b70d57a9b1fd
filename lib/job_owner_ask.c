#include "lib/job_owner_ask.h"

#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/process.h"

enum { OUTPUT_LIMIT = 4096, TIMEOUT_MS = 60000 };

static int ask(struct buf *hash, const struct layout *layout, const char *file,
	       struct error *err)
{
	auto_free char *program = path_join(layout->libexec, "runjob-certs");
	const char *argv[] = { program, "hash", "--", file, NULL };
	const struct process_call call = { .argv = argv,
					   .limit = OUTPUT_LIMIT,
					   .timeout_ms = TIMEOUT_MS };

	if (process_capture(hash, &call, err) < 0)
		return -1;
	/* The line's end. */
	if (hash->len)
		buf_cut(hash, hash->len - 1);
	return 0;
}

int job_owner_ask(char owner[static JOB_OWNER_LEN], const struct layout *layout,
		  const char *text, struct error *err)
{
	auto_buf struct buf hash = BUF_EMPTY;

	if (job_owner_parse(owner, text))
		return 0;
	if (access(text, F_OK) < 0)
		return error_set(err, ERROR_USAGE,
				 "--owner '%s' is no SHA-256 fingerprint, and no file",
				 text);
	if (ask(&hash, layout, text, err) < 0)
		return error_wrap(err, "--owner '%s'", text);
	if (!job_owner_parse(owner, buf_str(&hash)))
		return error_set(err, ERROR_BUG, "runjob-certs says '%s'",
				 buf_str(&hash));
	return 0;
}
