#ifndef BIN_GHSTATS_SERVE_VISITS_H
#define BIN_GHSTATS_SERVE_VISITS_H

#include <stdbool.h>

#include "bin/ghstats-serve/attempts.h"
#include "bin/ghstats-serve/gate.h"
#include "lib/http_helper.h"
#include "bin/ghstats-serve/renewal.h"

struct error;
struct http_exchange;
struct http_server;
struct layout;

/*
 * People who log in and out: POST /login, GET /login/callback, POST /logout, and who may see the
 * other pages.  What is known of a visitor travels in their cookies, so that any server may go on
 * where another began; see ghstats(1).
 */
struct visits {
	struct gate gate;
	struct helpers helpers;
	struct renewals renewals;
	struct attempts attempts;
	char *program;
};

/* file: the settings.  quiet: standard error is the client's.  ERROR_CONFIG. */
int visits_open(struct visits *visits, const char *file, const struct layout *layout,
		bool quiet, struct error *err);
void visits_close(struct visits *visits);

/* Where its helpers are watched.  What waits for one is answered before the server is closed. */
void visits_attach(struct visits *visits, struct http_server *server);
void visits_detach(struct visits *visits);

/* Is it a path of ours? */
bool visits_has(const char *path);

/* The head of a request for such is there: it is answered when it is not as it should be. */
void visits_begin(struct http_exchange *exchange, struct visits *visits);
void visits_end(struct http_exchange *exchange, struct visits *visits);

/* May it see the page that it asks for?  If not, it is answered, or will be later: by
 * visits->renewals.show when it may after all. */
bool visits_admit(struct http_exchange *exchange, struct visits *visits);

#endif
