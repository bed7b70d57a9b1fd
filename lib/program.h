#ifndef LIB_PROGRAM_H
#define LIB_PROGRAM_H

struct cli;
struct error;

/*
 * The end of a main(), which is the same in all programs with options.  Beside lib/log it alone
 * in lib/ logs, as a program does.
 */
struct program {
	const char *log; /* the name it logs under */
	const char *usage;
	int (*run)(void *context, struct error *err); /* context is cli's */
};

/*
 * The options were parsed, parsed says how well (0, or -1 and err): answer --help and --version,
 * or run it; log what went wrong.  Gives the exit status (sysexits(3)).
 */
int program_main(const struct program *program, const struct cli *cli, int parsed,
		 struct error *err);

#endif
