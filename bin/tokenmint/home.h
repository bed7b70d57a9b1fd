#ifndef BIN_TOKENMINT_HOME_H
#define BIN_TOKENMINT_HOME_H

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/* Where an App lives: the base of the API that it asks. */
enum { HOME_LABEL_LEN = 101 };

/*
 * Append the base for "github.com", for "SUBDOMAIN.ghe.com" (data residency), for any other
 * HOST[:PORT] (an Enterprise server), or for a whole URL, which is taken as it is but for slashes
 * at its end.  ERROR_USAGE when it is none of them, or has a name and a password in it.
 */
int home_read(struct buf *base, const char *text, struct error *err);

/* The host and port of a base as a part of a vault's name: "ghe.example.com+8443". */
void home_label(char label[static HOME_LABEL_LEN], struct str_view base);

#endif
