#ifndef BIN_HOOKROUTE_OWNER_H
#define BIN_HOOKROUTE_OWNER_H

struct error;
struct spool;

/*
 * root at a spool of another user's: from now on files are made as that user, so that the
 * routers can read them.  The real user stays, the event log names it.  log: the folder of
 * the event log, or -1; it is given to that user when root has just made it.
 */
int owner_become(const struct spool *spool, int log, struct error *err);

#endif
