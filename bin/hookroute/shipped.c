#include "bin/hookroute/shipped.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

bool shipped_open(int *fd, const char *dir, const struct layout *layout)
{
	auto_free char *standard = path_join(layout->conf, "routes.d");
	auto_free char *own = path_join(standard, SHIPPED_NAME);
	auto_free char *plugins = path_join(layout->state, "plugins");
	auto_free char *share = path_join(layout->share, "routes.d");

	if (!str_equal(dir, standard) || access(plugins, F_OK) < 0 ||
	    access(own, F_OK) == 0)
		return false;
	*fd = open(share, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0;
}
