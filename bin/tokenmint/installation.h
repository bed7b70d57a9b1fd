#ifndef BIN_TOKENMINT_INSTALLATION_H
#define BIN_TOKENMINT_INSTALLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint/app.h"

struct error;
struct layout;

/*
 * Where an app is installed.  What was once learnt is kept as a file
 * <state>/installations/<app>/<owner in lower case> that holds the installation's number: an
 * id is no secret.
 */
enum { INSTALLATION_OWNER_LEN = 141 };

struct installation {
	uint64_t id;
	char app[APP_NAME_LEN];
	char owner[INSTALLATION_OWNER_LEN]; /* in lower case */
};

#define INSTALLATION_EMPTY                                                               \
	{                                                                                \
		0, "", ""                                                                \
	}

/* ERROR_USAGE when owner is no login. */
int installation_name(struct installation *installation, const char *app,
		      struct str_view owner, struct error *err);

/* Fill in the id of the app and owner named; *found = false when it is not known here. */
int installation_find(struct installation *installation, bool *found,
		      const struct layout *layout, struct error *err);
int installation_store(const struct installation *installation,
		       const struct layout *layout, struct error *err);
int installation_forget(const struct installation *installation,
			const struct layout *layout, struct error *err);

/* The app and owner of an id, of whatever app. */
int installation_find_id(struct installation *installation, bool *found, uint64_t id,
			 const struct layout *layout, struct error *err);

/* The only installation there is; *found = false when there are none or several. */
int installation_find_only(struct installation *installation, bool *found,
			   const struct layout *layout, struct error *err);

/* The one app through which this owner is known; more than one is ERROR_USAGE. */
int installation_find_app(struct installation *installation, bool *found,
			  const struct layout *layout, struct error *err);

#endif
