#ifndef BIN_RUNJOB_SHIM_SLOT_H
#define BIN_RUNJOB_SHIM_SLOT_H

struct config;
struct error;
struct layout;

/*
 * So that a thousand events do not run a thousand jobs at once: a job waits for one of
 * HOOKTOOLS_JOBS_MAX locks, <state>/jobs/.slots/N, and holds it until it has ended.  The
 * kernel gives a dead holder's lock away, so no slot leaks.
 */

struct slot {
	int lock_fd; /* -1 when there is none */
	int tell_fd; /* open for writing: that it closes wakes the next one */
	/* Stays open until we end: the kernel takes 15 ms to close one, in which the job
	 * could run. */
	int inotify_fd;
};

#define SLOT_NONE                                                                        \
	{                                                                                \
		-1, -1, -1                                                               \
	}
#define auto_slot __attribute__((cleanup(slot_give)))

/* Waits; slot stays empty when SIGTERM came first. */
int slot_take(struct slot *slot, const struct layout *layout, const struct config *config,
	      struct error *err);
void slot_give(struct slot *slot);

#endif
