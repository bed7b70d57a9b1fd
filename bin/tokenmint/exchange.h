#ifndef BIN_TOKENMINT_EXCHANGE_H
#define BIN_TOKENMINT_EXCHANGE_H

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/installation.h"
#include "bin/tokenmint/mint.h"

struct error;

/* What an App asks GitHub with its own JSON Web Token.  A refusal while the clocks differ is
 * tried once more with GitHub's time, and a warning says by how much; a rate limit ends what
 * any process asks for this App. */

/*
 * The installation of an owner, by its name or through one of its repositories (may be NULL):
 * the id, and the owner as it is called now.  Not installed is ERROR_ABSENT.
 */
int exchange_find(struct installation *installation, struct mint *mint,
		  const char *repository, struct error *err);

/* All of an app's installations, page by page; object is GitHub's JSON for one. */
struct exchange_visit {
	int (*take)(void *context, const struct installation *installation,
		    struct str_view object, struct error *err);
	void *context;
};

/* of: the app, and its home. */
int exchange_list(struct mint *mint, const struct installation *of,
		  const struct exchange_visit *visit, struct error *err);

/* GitHub's JSON for the App itself.  A refusal is in answer->status, too. */
int exchange_app(struct github_answer *answer, struct mint *mint, const char *app,
		 struct error *err);

/* A new token, limited by body (JSON, may be empty).  token->expires_ms is in our time. */
int exchange_mint(struct vault_secret *token, struct mint *mint,
		  const struct installation *installation, struct str_view body,
		  struct error *err);

#endif
