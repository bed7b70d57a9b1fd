#include "lib/job_entry.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/job_plan.h"

enum { FLAG_SLOT = 1, FLAG_AFTER = 2, GROUP_BITS = 42 };

uint64_t job_entry_group(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
	hash = (hash ^ (hash >> GROUP_BITS)) & ((UINT64_C(1) << GROUP_BITS) - 1);
	return hash ? hash : 1;
}

void job_entry_of(struct job_entry *entry, const struct job_plan *plan, int64_t due_ms)
{
	*entry = (struct job_entry){ .order_us = plan->order_us,
				     .due_ms = (uint64_t)due_ms,
				     .takes_slot = plan->waits != 0,
				     .comes_after = plan->after.count > 0 };
	if (!plan->group)
		return;
	entry->group = job_entry_group(plan->group);
	entry->parallel = plan->parallel ? (uint32_t)plan->parallel : 1;
}

bool job_entry_waits(const struct job_entry *entry)
{
	return entry->takes_slot || entry->group || entry->comes_after || entry->due_ms;
}

void job_entry_name(char name[static JOB_ENTRY_LEN], const struct job_entry *entry)
{
	unsigned flags = (entry->takes_slot ? FLAG_SLOT : 0U) |
			 (entry->comes_after ? FLAG_AFTER : 0U);

	snprintf(name, JOB_ENTRY_LEN, "%016llu-%013llu-%u-%05u-%016llx",
		 (unsigned long long)entry->order_us % UINT64_C(10000000000000000),
		 (unsigned long long)entry->due_ms % UINT64_C(10000000000000), flags,
		 (unsigned)entry->parallel % 100000U, (unsigned long long)entry->group);
}

/* The number that p begins with, and where it ends. */
static uint64_t number(const char **p, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	uint64_t value = 0;

	while (**p && (digit = strchr(digits, **p)) && digit - digits < (int)base) {
		value = value * base + (uint64_t)(digit - digits);
		(*p)++;
	}
	/* The hyphen; what else it is shows when the name is written again. */
	if (**p)
		(*p)++;
	return value;
}

bool job_entry_parse(struct job_entry *entry, const char *name)
{
	const char *p = name;
	struct job_entry got = { 0 };
	char again[JOB_ENTRY_LEN];
	uint64_t flags;

	got.order_us = number(&p, 10);
	got.due_ms = number(&p, 10);
	flags = number(&p, 10);
	got.parallel = (uint32_t)number(&p, 10);
	got.group = number(&p, 16);
	got.takes_slot = (flags & FLAG_SLOT) != 0;
	got.comes_after = (flags & FLAG_AFTER) != 0;
	/* Only what we would write ourselves is an entry. */
	job_entry_name(again, &got);
	if (strcmp(again, name) != 0)
		return false;
	*entry = got;
	return true;
}
