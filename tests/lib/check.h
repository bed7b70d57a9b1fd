#ifndef TESTS_LIB_CHECK_H
#define TESTS_LIB_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A unit test program is a table of named cases: `x_test` lists them, `x_test NAME` runs
 * one, so that each case is a process of its own.  A failed check says where and ends it.
 */
struct check_case {
	const char *name;
	void (*run)(void);
};

#define CHECK(condition) check_that(!!(condition), #condition, __FILE__, __LINE__)
#define CHECK_STR(got, want) check_text((got), (want), __FILE__, __LINE__)
#define CHECK_MAIN(cases)                                                                \
	int main(int argc, char *argv[])                                                 \
	{                                                                                \
		return check_main(cases, sizeof(cases) / sizeof((cases)[0]), argc,       \
				  argv);                                                 \
	}

static inline void check_that(int condition, const char *text, const char *file, int line)
{
	if (condition)
		return;
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
	exit(1);
}

static inline void check_text(const char *got, const char *want, const char *file,
			      int line)
{
	if (got && want && strcmp(got, want) == 0)
		return;
	fprintf(stderr, "%s:%d: got '%s', want '%s'\n", file, line, got ? got : "(null)",
		want ? want : "(null)");
	exit(1);
}

static inline int check_main(const struct check_case *cases, size_t count, int argc,
			     char **argv)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (argc < 2)
			puts(cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run(), 0;
	}
	return argc < 2 ? 0 : 2;
}

#endif
