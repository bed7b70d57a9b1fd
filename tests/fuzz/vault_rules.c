#include "lib/vault_rules.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* Whatever the rules are: nobody gets nothing, and nobody is a subject with a blank or star. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *const nobody[] = { NULL };
	const char *const somebody[] = { "pipeline/p", "namespace/a", NULL };
	auto_vault_rules struct vault_rules rules = VAULT_RULES_NONE;
	auto_free char *text = fuzz_text(bytes, size);
	struct error err = { 0 };

	if (vault_is_subject(text))
		FUZZ_PROMISE(strpbrk(text, " \t\r\n*%&,") == NULL);
	if (vault_rules_parse(&rules, (struct str_view){ (const char *)bytes, size },
			      "rules", &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && rules.count == 0);
		return 0;
	}
	FUZZ_PROMISE(!vault_rules_may(&rules, nobody, VAULT_GET, "global/x"));
	for (size_t i = 0; i < rules.count; i++)
		FUZZ_PROMISE(rules.rules[i].rights != 0 && rules.rules[i].who_count > 0);
	if (vault_rules_may(&rules, somebody, VAULT_GET, "global/x"))
		FUZZ_PROMISE(memmem(bytes, size, "namespace/", 10) != NULL);
	return 0;
}
