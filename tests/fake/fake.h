#ifndef TESTS_FAKE_FAKE_H
#define TESTS_FAKE_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/str.h"

struct error;
struct http_exchange;

/*
 * A stand-in for api.github.com for tests and the demo.  All that it knows and learns is in its
 * state folder, so that a test arranges and inspects it with files:
 *   installations/<id>   the owner's login, or enterprise:<slug> (42 is acme when there is no
 *                        such folder)
 *   moved/<owner>+<repo> the number of a repository that has another name now
 *   repositories/<n>     the id of the installation that has it
 *   suspended/<id>       that installation is suspended
 *   tokens/<sha256>      one file per token minted
 *   person               the login of whoever brings a token ghu_...
 *   visible              "owner/name", in lines: the repositories that they see
 *   leaked               what was sent to POST /credentials/revoke, in lines
 *   app-permissions      the App's own, JSON
 *   sunset               the day on which this version of the API ends, as a header has it
 *   check-runs/<id>      one file per Check run
 *   hooks/<id>           one file per hook of a repository or project, with its secret
 *   deliveries/<id>/<n>  what was sent to it, or not
 *   id-front             of the ids of GitHub's deliveries: this, and four digits
 *   page-size link-origin  of the lists of deliveries and installations
 *   gitlab-token         who brings it may use /api/v4
 *   runs.json jobs.json  arrays of workflow runs and jobs to be listed
 *   requests             one JSON line per request: method, path, status
 *   fail                 "STATUS [RETRY-AFTER [PART OF METHOD AND PATH]]": answer so
 *   fail-message         and with these words
 *   remaining reset      of the rate limit; reset in seconds from now
 *   skew ttl             its clock is so many seconds ahead; tokens live so long
 *   slow                 a token is refused when it is first used
 *   token-length         tokens have so many characters; GitHub's had 40 until 2026
 */
struct fake {
	const char *dir;
	const char *app_id;
	struct crypto_public_key key;
	uint64_t requests;
};

enum { VISIT_PARTS = 4 };

/* A request under way. */
struct visit {
	struct fake *fake;
	struct http_exchange *exchange;
	struct buf body;
	char *parts[VISIT_PARTS]; /* what the stars of the route's pattern matched */
	uint64_t installation;	  /* of the token it came with */
	unsigned refused;	  /* the status, when a check of the bearer failed */
	int64_t now_ms;		  /* on the fake's clock */
};

/* Writes the answer's JSON and gives its status. */
typedef unsigned visit_handler(struct visit *visit, struct buf *out);

/* {"message":…} */
unsigned visit_refuse(struct buf *out, unsigned status, const char *message);

/* The bearer must be a JSON Web Token of the App, or a token that was minted here for owner. */
bool visit_is_app(struct visit *visit, struct buf *out);
bool visit_has_token(struct visit *visit, const char *owner, struct buf *out);

/* A number of the query, or what it is without one; no more than max. */
uint64_t visit_asked(const struct visit *visit, const char *name, uint64_t fallback,
		     uint64_t max);

/* Where it says that it is: at the file link-origin's, which may lead astray; the caller frees it. */
char *visit_origin(const struct visit *visit);

/* The Link header: where the next page is. */
void visit_link(const struct visit *visit, const char *path, const char *query);

/* Files of the state folder.  A missing one is empty text or the number's default. */
void store_read(struct buf *text, const struct fake *fake, const char *name);
int64_t store_number(const struct fake *fake, const char *name, int64_t fallback);
void store_write(const struct fake *fake, const char *name, const struct buf *text);
uint64_t store_count(const struct fake *fake, const char *folder);
bool store_has(const struct fake *fake, const char *name);
void store_drop(const struct fake *fake, const char *name);

/* The handlers. */
visit_handler credentials_end_token, credentials_revoke;
visit_handler app_show, app_list, app_find_owner, app_find_repository, app_mint;
visit_handler app_find_number, person_show, person_repositories;
visit_handler checks_create, checks_update, checks_show, checks_of_commit;
visit_handler runs_list, runs_jobs;
visit_handler hooks_list, hooks_create, hooks_show, hooks_update, hooks_delete;
visit_handler app_configure, app_configuration, app_deliveries, app_attempt;
visit_handler deliveries_make, deliveries_list, deliveries_list_more, deliveries_attempt;
visit_handler events_list, events_resend;

#endif
