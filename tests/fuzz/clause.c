#include "bin/hookroute/clause.h"

#include "tests/fuzz/fuzz.h"

static bool is_inside(struct str_view view, const char *text, size_t size)
{
	return view.data >= text && view.len <= size &&
	       view.data + view.len <= text + size;
}

/* Clauses are pieces of the text, in its order, each behind one that came before it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	enum { FACTS = 4 };
	auto_free char *text = fuzz_text(bytes, size);
	struct clause_fact facts[FACTS];
	static struct clauses clauses;
	size_t i;

	clause_split(&clauses, text);
	FUZZ_PROMISE(clauses.count <= CLAUSES_MAX);
	FUZZ_PROMISE(is_inside(clauses.includes, text, size));
	FUZZ_PROMISE(is_inside(clauses.definitions, text, size));
	for (i = 0; i < clauses.count; i++) {
		const struct clause *clause = &clauses.list[i];

		FUZZ_PROMISE(clause->before == CLAUSE_NONE || clause->before < i);
		FUZZ_PROMISE(clause->line > 0);
		FUZZ_PROMISE(!clause->text.len || is_inside(clause->text, text, size));
		FUZZ_PROMISE(clause_facts(facts, FACTS, clause->text) <= FACTS);
	}
	return 0;
}
