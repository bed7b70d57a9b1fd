#ifndef BIN_RUNJOB_OBJECT_KEY_H
#define BIN_RUNJOB_OBJECT_KEY_H

#include <stdbool.h>

struct error;

/*
 * A key is 1 to 200 of [A-Za-z0-9._+@-] and '/', and no part between two slashes is empty or
 * begins with a dot.  Its file is called by it, with ',' for '/', so no key leads out of its
 * folder and no two are one.
 */
enum { KEY_LEN = 201 };

bool key_is_valid(const char *key);
int key_check(const char *key, struct error *err);
void key_to_name(char name[static KEY_LEN], const char *key);

/* False for the name of a file that is no key's. */
bool key_of_name(char key[static KEY_LEN], const char *name);

#endif
