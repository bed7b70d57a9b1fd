#include "bin/tokenmint/may.h"

#include "bin/tokenmint/options.h"

int may_read(struct may *may, const struct layout *layout, const struct options *options,
	     struct error *err)
{
	may->who = options->readers;
	may->everything = options->reader_count == 0;
	return may->everything ? 0 : vault_rules_read(&may->rules, layout, err);
}

void may_free(struct may *may)
{
	vault_rules_free(&may->rules);
}

int may_check(const struct may *may, enum vault_right right, const char *name,
	      struct error *err)
{
	return may->everything
		       ? 0
		       : vault_rules_check(&may->rules, may->who, right, name, err);
}

bool may_see(const struct may *may, const char *name)
{
	return may->everything ||
	       vault_rules_may(&may->rules, may->who, VAULT_LIST, name);
}
