#ifndef LIB_PATH_H
#define LIB_PATH_H

#include <stdbool.h>

/* "<dir>/<name>"; the caller frees it. */
char *path_join(const char *dir, const char *name);

/* May outside bytes be used as one file name here: 1 to 255 of [A-Za-z0-9._+@-], not
 * beginning with a dot? */
bool path_is_safe_name(const char *name);

#endif
