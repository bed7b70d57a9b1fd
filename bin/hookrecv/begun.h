#ifndef BIN_HOOKRECV_BEGUN_H
#define BIN_HOOKRECV_BEGUN_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct http_exchange;
struct keyring_keys;
struct registry_hook;
struct request;

/*
 * The event that a request becomes is begun when its body comes, as that may be large.  A small
 * body waits until its signature is known to be good: what is refused costs no event.
 */
enum { BEGUN_WAITS = 16 << 10 };

/* Begin it: its head is written, its payload may be added. */
void begun_start(struct request *request, struct http_exchange *exchange,
		 const struct registry_hook *hook, const struct keyring_keys *keys);

bool begun_may_wait(const struct request *request, const struct http_exchange *exchange);
void begun_hold(struct request *request, const char *bytes, size_t len);
void begun_drop(struct request *request);

/* The signature is good: begin what has waited.  ERROR_ABSENT when the hook is no more. */
int begun_late(struct request *request, struct http_exchange *exchange,
	       struct error *err);

#endif
