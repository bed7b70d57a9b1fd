#ifndef BIN_HOOKRECV_FORM_H
#define BIN_HOOKRECV_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Takes the value of "payload" out of application/x-www-form-urlencoded bytes as they
 * stream by.  All zeros is the start.
 */
struct form {
	unsigned char state;
	unsigned char matched; /* how much of "payload=" we have seen */
	unsigned char high;    /* the first digit of a %XX */
	bool found;
};

/* Append what the bytes bring to the value; false when they are no form. */
bool form_feed(struct form *form, struct buf *value, const char *bytes, size_t len);

/* Was there a payload, and was it whole? */
bool form_finish(const struct form *form);

#endif
