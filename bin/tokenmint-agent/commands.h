#ifndef BIN_TOKENMINT_AGENT_COMMANDS_H
#define BIN_TOKENMINT_AGENT_COMMANDS_H

struct error;
struct layout;
struct options;

/* Serve the users of a policy until a signal ends it. */
int cmd_agent(int *status, const struct options *options, const struct layout *layout,
	      struct error *err);

/* Run a command with an agent of its own; *status is the command's, or 126 or 127 also when
 * this fails: it could not be executed. */
int cmd_exec(int *status, const struct options *options, const struct layout *layout,
	     struct error *err);

#endif
