#ifndef BIN_TOKENMINT_LOGIN_COMMANDS_H
#define BIN_TOKENMINT_LOGIN_COMMANDS_H

struct error;
struct options;
struct place;

/* One function for each row of the table in main.c. */
typedef int command_fn(const struct options *options, const struct place *place,
		       struct error *err);

command_fn cmd_login;
command_fn cmd_logout;
command_fn cmd_oidc_verify;
command_fn cmd_visitor_begin;
command_fn cmd_visitor_end;
command_fn cmd_visitor_finish;
command_fn cmd_visitor_refresh;
command_fn cmd_whoami;

#endif
