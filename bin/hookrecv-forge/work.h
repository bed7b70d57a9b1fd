#ifndef BIN_HOOKRECV_FORGE_WORK_H
#define BIN_HOOKRECV_FORGE_WORK_H

struct buf;
struct error;
struct github;
struct order;

/*
 * Do what an order says, and append what came of it as JSON lines; the last is {"ok":true,…}.
 *   put    make the hook, or change the one with that url: "path", "made"
 *   look   "found", "url", "active", "state"
 *   drop   "found"
 *   list   a line for each delivery, newest first; "next" is the page to go on with, or null
 *   send   "found"
 */
int work(struct buf *out, struct github *api, const struct order *order,
	 struct error *err);

#endif
