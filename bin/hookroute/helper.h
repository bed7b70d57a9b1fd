#ifndef BIN_HOOKROUTE_HELPER_H
#define BIN_HOOKROUTE_HELPER_H

#include <stdbool.h>

/*
 * What needs a database is a program of its own, with a command line of its own: the first
 * word says whose it is.  -d may stand before it.
 */
bool helper_is_called(int argc, char *argv[]);

/* Become that program.  Gives an exit status when that cannot be executed. */
int helper_become(int argc, char *argv[]);

#endif
