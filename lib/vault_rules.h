#ifndef LIB_VAULT_RULES_H
#define LIB_VAULT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/str.h"

struct error;
struct layout;

/*
 * Who may do what with which secret: <conf>/vault.rules, see hookvault(5), and the rules
 * that hold without that file.  What no rule allows is denied.  Whoever asks is a list of
 * subjects "kind/name" (user, group, role, owner, pipeline, namespace or repository) that ends
 * with NULL, and a rule fits when all subjects it names are in the list.  Where a namespace
 * asks, only a rule that names a namespace opens anything in global/.
 *
 * The holder of the master key is bound by none of this: the rules are for programs that read
 * secrets in somebody else's name.
 */
enum vault_right {
	VAULT_GET = 1,
	VAULT_PUT = 2,
	VAULT_LIST = 4,
	VAULT_DELETE = 8,
};

enum { VAULT_RULE_SUBJECTS = 4, VAULT_RULES_MAX = 10000 };

struct vault_rule {
	struct str_view
		who[VAULT_RULE_SUBJECTS]; /* "kind/name", the name may be a star */
	size_t who_count;
	unsigned rights;
	struct str_view what; /* a name, or what it begins with and '*' */
};

struct vault_rules {
	char *text; /* what the rules point into */
	struct vault_rule *rules;
	size_t count;
};

#define VAULT_RULES_NONE                                                                 \
	{                                                                                \
		NULL, NULL, 0                                                            \
	}
#define auto_vault_rules __attribute__((cleanup(vault_rules_free)))

/* <conf>/vault.rules, or the built-in rules when there is no such file.  ERROR_CONFIG names
 * the line; a file that others than root and we may write is ERROR_DENIED. */
int vault_rules_read(struct vault_rules *rules, const struct layout *layout,
		     struct error *err);

/* The rules of a text; what names it in errors.  None at all: nobody may do anything. */
int vault_rules_parse(struct vault_rules *rules, struct str_view text, const char *what,
		      struct error *err);
void vault_rules_free(struct vault_rules *rules);

bool vault_rules_may(const struct vault_rules *rules, const char *const *who,
		     enum vault_right right, const char *name);

/* The same as an error: ERROR_DENIED says who may not do what. */
int vault_rules_check(const struct vault_rules *rules, const char *const *who,
		      enum vault_right right, const char *name, struct error *err);

/* Is it "kind/name" of a known kind, with 1 to 200 bytes of [A-Za-z0-9._+@/-]? */
bool vault_is_subject(const char *who);

#endif
