#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/figures_read.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/status_write.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/file.h"
#include "lib/layout.h"

int cmd_status(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	auto_figures_all struct figures_all figures = FIGURES_ALL_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (figures_read(&figures, layout->state, err) < 0)
		return -1;
	if (options->json)
		status_write_json(&out, &figures, date_now_ms());
	else
		status_write_text(&out, &figures, date_now_ms());
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
