#ifndef BIN_TOKENMINT_MAY_H
#define BIN_TOKENMINT_MAY_H

#include "lib/vault_rules.h"

struct error;
struct layout;
struct options;

/* In whose name a command acts: those after --for, by the rules of hookvault(5); without one the
 * holder of the master key, who may do everything. */
struct may {
	const char *const *who;
	bool everything;
	struct vault_rules rules;
};

#define MAY_NONE                                                                         \
	{                                                                                \
		NULL, false, VAULT_RULES_NONE                                            \
	}
#define auto_may __attribute__((cleanup(may_free)))

int may_read(struct may *may, const struct layout *layout, const struct options *options,
	     struct error *err);
void may_free(struct may *may);

/* ERROR_DENIED says who may not do what. */
int may_check(const struct may *may, enum vault_right right, const char *name,
	      struct error *err);
bool may_see(const struct may *may, const char *name);

#endif
