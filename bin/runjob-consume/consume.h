#ifndef BIN_RUNJOB_CONSUME_CONSUME_H
#define BIN_RUNJOB_CONSUME_CONSUME_H

struct config;
struct error;
struct layout;

/*
 * The consumer of hookpipe(7): a line of jobspec(5) on stdin, a reply on stdout, in order.
 * Lines that came together share their syncs; a job is durable before its reply says ok.
 */
int consume_lines(const struct layout *layout, const struct config *config,
		  struct error *err);

#endif
