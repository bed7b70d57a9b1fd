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
 * id is no secret.  Numbers of several APIs may be the same, so "@HOST" follows where the app
 * has one of its own.
 */
enum { INSTALLATION_OWNER_LEN = 141, INSTALLATION_KEY_LEN = 22 + HOME_LABEL_LEN };

struct installation {
	uint64_t id;
	char app[APP_NAME_LEN];
	char owner[INSTALLATION_OWNER_LEN]; /* in lower case */
	char home[HOME_LABEL_LEN];	    /* "": the API of the configuration */
};

#define INSTALLATION_EMPTY                                                               \
	{                                                                                \
		0, "", "", ""                                                            \
	}

/* At an app; app NULL: at any.  ERROR_USAGE when owner is no login. */
int installation_name(struct installation *installation, const struct app *app,
		      struct str_view owner, struct error *err);

/* "42" or "42@HOST": what it is called in the vault behind "installation/". */
void installation_key(char key[static INSTALLATION_KEY_LEN],
		      const struct installation *installation);

/* Read such a key into id and home; false when it is none. */
bool installation_read_key(struct installation *installation, struct str_view key);

/* Fill in the id of the app and owner named; *found = false when it is not known here. */
int installation_find(struct installation *installation, bool *found,
		      const struct layout *layout, struct error *err);
int installation_store(const struct installation *installation,
		       const struct layout *layout, struct error *err);
int installation_forget(const struct installation *installation,
			const struct layout *layout, struct error *err);

/* Fill in the app and owner of the id and home that it has, of whatever app. */
int installation_find_id(struct installation *installation, bool *found,
			 const struct layout *layout, struct error *err);

/* The only installation there is; *found = false when there are none or several. */
int installation_find_only(struct installation *installation, bool *found,
			   const struct layout *layout, struct error *err);

/* The one app through which this owner is known; more than one is ERROR_USAGE. */
int installation_find_app(struct installation *installation, bool *found,
			  const struct layout *layout, struct error *err);

#endif
