#ifndef BIN_TOKENMINT_HELPER_H
#define BIN_TOKENMINT_HELPER_H

#include <stdbool.h>

/*
 * Who people and programs are is the business of programs of their own, with command lines of
 * their own: the first word says whose it is.  -d may stand before it.
 */
bool helper_is_called(int argc, char *argv[]);

/* Become that program.  Gives an exit status when it cannot be executed. */
int helper_become(char *argv[]);

#endif
