#ifndef BIN_RUNJOB_SERVE_PAGE_H
#define BIN_RUNJOB_SERVE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/job_owner.h"
#include "lib/job_status.h"
#include "lib/uuid.h"

struct error;

/*
 * Which jobs GET /jobs shows: what its query asks for.  The cursor "ID.OWNER" stands behind
 * that job of that owner; OWNER may be missing.
 */
struct page {
	bool has_state;
	enum job_state state;
	int64_t since_ms;
	uint64_t limit;
	char group[sizeof(((struct job_status *)0)->group)]; /* "": any */
	char owner[JOB_OWNER_LEN]; /* "": whomever the caller sees */
	char after_id[UUID_LEN];   /* "": from the newest on */
	char after_owner[JOB_OWNER_LEN];
	const char *field; /* what was wrong */
};

#define PAGE_EMPTY                                                                       \
	{                                                                                \
		.limit = 100                                                             \
	}

/* One parameter; ERROR_USAGE, and page->field, when it is none or its value is wrong.  name
 * lives as long as the page. */
int page_take(struct page *page, const char *name, const char *value, struct error *err);

/* Does this one stand behind the cursor, newest first? */
bool page_is_behind(const struct page *page, const char *id, const char *owner);

#endif
