#ifndef BIN_HOOKROUTE_SHIPPED_H
#define BIN_HOOKROUTE_SHIPPED_H

#include <stdbool.h>

struct layout;

/*
 * The route that came with hooktools, share's routes.d/plugins.jq: it is in force beside those of
 * <conf>/routes.d, where there are plugins and no file of this name.
 */
#define SHIPPED_NAME "plugins.jq"

/* Is it in force beside the routes of dir?  Then *fd becomes the folder that has it. */
bool shipped_open(int *fd, const char *dir, const struct layout *layout);

#endif
