#ifndef LIB_PROGRAM_HELPER_H
#define LIB_PROGRAM_HELPER_H

#include <stdbool.h>

/*
 * The beginning of the main() of a program that others start and no person does: it logs under
 * the name log, a write that fails says so instead of a signal, and --help (usage, printed) and
 * --version alone are answered: then it is true, and there is nothing else to do.
 */
bool program_helper(const char *log, const char *usage, int argc, char *argv[]);

#endif
