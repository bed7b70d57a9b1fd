#ifndef BIN_RUNJOB_OWNER_H
#define BIN_RUNJOB_OWNER_H

struct context;
struct error;

/* --owner: from now on the layout means that owner's jobs.  A fingerprint is one itself; of a
 * file it is runjob-certs that knows the certificate. */
int owner_choose(struct context *context, struct error *err);

#endif
