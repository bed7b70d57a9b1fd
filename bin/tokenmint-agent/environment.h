#ifndef BIN_TOKENMINT_AGENT_ENVIRONMENT_H
#define BIN_TOKENMINT_AGENT_ENVIRONMENT_H

#include <stddef.h>

struct layout;

/* Our environment, and in it what tokenmint and git need to find the agent: no secret. */
struct environment {
	char **values; /* as environ(7) has it */
	size_t count;
};

#define ENVIRONMENT_EMPTY                                                                \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_environment __attribute__((cleanup(environment_free)))

/* agent: its socket; url: GitHub's, NULL for https://github.com. */
void environment_make(struct environment *environment, const char *agent,
		      const struct layout *layout, const char *url);
void environment_free(struct environment *environment);

#endif
