#ifndef BIN_RUNJOB_ATTACH_RELAY_H
#define BIN_RUNJOB_ATTACH_RELAY_H

struct error;
struct session;

/* From now on signals wait for relay: our own end is told to the command, and the size of our
 * terminal. */
int relay_signals(int *signal_fd, struct error *err);

/*
 * Between our descriptors and the command's terminal, if it has one, until the command ends;
 * *status is its exit status, or 128 and its signal's number.  When job_pidfd (-1: none) becomes
 * readable the job has ended, and the command with it.
 */
int relay(int *status, struct session *session, int signal_fd, int job_pidfd,
	  struct error *err);

#endif
