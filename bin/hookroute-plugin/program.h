#ifndef BIN_HOOKROUTE_PLUGIN_PROGRAM_H
#define BIN_HOOKROUTE_PLUGIN_PROGRAM_H

struct error;
struct sealed;

/*
 * The program that a file holds: the file itself, if it begins with "#!" or is an ELF, or the one
 * executable in a zip or a tar.  "-" is standard input.  Anything else is ERROR_DATA.
 */
int program_take(struct sealed *program, const char *file, struct error *err);

/* Is it one that the kernel can execute? */
int program_check(const struct sealed *program, const char *what, struct error *err);

#endif
