#ifndef LIB_GITHUB_ANSWER_H
#define LIB_GITHUB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/*
 * An answer of GitHub's API and what it means to the caller; as one JSON line it passes from
 * the helper program that speaks HTTP to the program that does not.
 */
struct github_answer {
	int status;
	bool is_limited;	/* a primary or secondary rate limit */
	uint64_t retry_after_s; /* 0: not said */
	int64_t date_ms;	/* GitHub's clock; 0: not said */
	struct buf body;	/* JSON in one line, or empty */
	char *next;		/* the path of a list's next page, or NULL */
	const char *forge;	/* who answered; NULL: GitHub */
	char *deprecation;	/* the headers of these names, or NULL */
	char *sunset;
};

#define GITHUB_ANSWER_EMPTY                                                              \
	{                                                                                \
		0, false, 0, 0, BUF_EMPTY, NULL, NULL, NULL, NULL                        \
	}
#define auto_github_answer __attribute__((cleanup(github_answer_wipe)))

void github_answer_wipe(struct github_answer *answer);

/*
 * 2xx is 0.  Rate limits, 408 and 5xx: ERROR_TEMPORARY; 401 and 403: ERROR_DENIED; 404 and
 * 410: ERROR_ABSENT; all others: ERROR_DATA.  The message is "<what>: <the forge's own words>".
 */
int github_answer_check(const struct github_answer *answer, const char *what,
			struct error *err);

/* Append the line that tells an answer, or that none was had. */
void github_answer_write(struct buf *line, const struct github_answer *answer);
void github_answer_write_error(struct buf *line, const struct error *err);

/* Read such a line; one that tells of an error fails with that error. */
int github_answer_read(struct github_answer *answer, struct str_view line,
		       struct error *err);

#endif
