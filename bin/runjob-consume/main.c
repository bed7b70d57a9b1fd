/* runjob-consume: jobs from specifications, a line each.  See runjob(1), start -. */
#include <unistd.h>

#include "bin/runjob-consume/consume.h"
#include "bin/runjob-consume/spec.h"
#include "bin/runjob-consume/spec_pipeline.h"
#include "lib/buf.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_owner.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/program_helper.h"

static const char usage[] =
	"usage: runjob-consume [--check | OWNER] (started by runjob, not by hand)";

enum { SPEC_LIMIT = 64 * 1024 * 1024 };

/* One pipeline on standard input: would it be taken? */
static int check(struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_spec struct spec spec = SPEC_EMPTY;

	if (layout_read(&layout, err) < 0 ||
	    file_read_fd(&text, STDIN_FILENO, SPEC_LIMIT, err) < 0)
		return -1;
	return spec_pipeline_parse(&spec, (struct str_view){ buf_str(&text), text.len },
				   &layout, err);
}

static int consume(const char *owner, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;
	char checked[JOB_OWNER_LEN];

	if (str_equal(owner, "--check"))
		return check(err);
	if (owner && !job_owner_parse(checked, owner))
		return error_set(err, ERROR_USAGE, "%s", usage);
	if (layout_read(&layout, err) < 0 || config_load(&config, &layout, err) < 0)
		return -1;
	layout.owner = owner ? checked : NULL;
	return consume_lines(&layout, &config, err);
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };

	if (program_helper("runjob", usage, argc, argv))
		return 0;
	if (argc > 2)
		(void)error_set(&err, ERROR_USAGE, "%s", usage);
	else if (consume(argc == 2 ? argv[1] : NULL, &err) == 0)
		return 0;
	log_error("%s", err.message);
	return error_exit_status(&err);
}
