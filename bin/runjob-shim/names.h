#ifndef BIN_RUNJOB_SHIM_NAMES_H
#define BIN_RUNJOB_SHIM_NAMES_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/str.h"

/* Add a process to a list for people, "sleep (17), sh (18)"; it is left out where there is no
 * room for it. */
void names_add(char *text, size_t size, struct str_view name, pid_t pid);

#endif
