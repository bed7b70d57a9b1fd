#ifndef BIN_HOOKROUTE_BRACKETS_H
#define BIN_HOOKROUTE_BRACKETS_H

#include <stdbool.h>

/*
 * Does a jq program close what it opens, brackets and strings, and nothing else?  If so it
 * can be put into brackets.  Otherwise says in which line and what, which the caller frees.
 */
bool brackets_check(unsigned *line, char **what, const char *program);

#endif
