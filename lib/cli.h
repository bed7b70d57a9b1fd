#ifndef LIB_CLI_H
#define LIB_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/*
 * What all command lines have in common: options and operands in any order, -d -h -V, one
 * specific line about what is wrong (ERROR_USAGE), and which options belong to a command.
 * Only a program's options.c looks at optarg.
 */
enum { CLI_WORDS = 257 };

struct cli {
	const char *program; /* these two are the caller's to set before */
	void *context;	     /* take's */
	bool debug;
	bool help;
	bool version;
	const char *words[CLI_WORDS]; /* the operands, in their order; argv's own */
	size_t count;
	char used[40]; /* the letters of the other options given, each once */
};

struct cli_grammar {
	const char *letters;	    /* getopt(3)'s, with "dhV" among them */
	const struct option *longs; /* with debug, help and version */
	/* Take one of the others; its value is optarg. */
	int (*take)(void *context, int letter, struct error *err);
};

int cli_parse(struct cli *cli, const struct cli_grammar *grammar, int argc, char *argv[],
	      struct error *err);

/* Do all options that were given belong to this command? */
int cli_check(const struct cli *cli, const char *command, const char *letters,
	      struct error *err);

/* The value of --limit: a number of at least 1. */
int cli_limit(uint64_t *limit, const char *text, struct error *err);

/* --help and --version: print what was asked for; *answered is false when neither was. */
int cli_answer(bool *answered, const struct cli *cli, const char *usage,
	       struct error *err);

#endif
