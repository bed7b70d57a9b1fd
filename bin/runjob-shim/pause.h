#ifndef BIN_RUNJOB_SHIM_PAUSE_H
#define BIN_RUNJOB_SHIM_PAUSE_H

struct watch;

/*
 * A job is paused as long as there is the file "pause" in its folder; SIGUSR1 tells us to look.
 * Whatever comes of it, status.json is written anew: whoever asked waits for that.  The clock of
 * the timeout stands still meanwhile.  A job that is being stopped is not paused any more, and
 * the file goes.
 */
void pause_look(struct watch *watch);

/* Let it run again. */
void pause_end(struct watch *watch);

#endif
