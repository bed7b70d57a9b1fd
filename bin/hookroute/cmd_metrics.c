#include <fcntl.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/figures_read.h"
#include "bin/hookroute/metrics_write.h"
#include "bin/hookroute/options.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/file.h"
#include "lib/layout.h"

enum { FOR_ALL = 0644 };

int cmd_metrics(const struct options *options, const struct layout *layout,
		struct error *err)
{
	auto_figures_all struct figures_all figures = FIGURES_ALL_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (figures_read(&figures, layout->state, err) < 0)
		return -1;
	metrics_write(&out, &figures, date_now_ms());
	if (options->output)
		return file_replace(AT_FDCWD, options->output, out.data, out.len, FOR_ALL,
				    err);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
