#ifndef LIB_VAULT_NAME_H
#define LIB_VAULT_NAME_H

#include <stdbool.h>

#include "lib/str.h"

struct error;

/* The names of secrets, hookvault(5): what keeps them inside the vault's folder. */

/* Is it "<scope>/<name>" with a known scope and the right number of parts? */
bool vault_is_name(const char *name);

/* The same as an error: ERROR_USAGE says what names are. */
int vault_name_check(const char *name, struct error *err);

/* May it be one of a name's parts? */
bool vault_is_part(struct str_view part);

/* The scopes by number, sorted, NULL behind the last; *folders is how many folders deep its
 * secrets are. */
const char *vault_scope(int *folders, unsigned number);

#endif
