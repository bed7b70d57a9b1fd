#include "bin/tokenmint/find.h"

#include <stdio.h>
#include <string.h>

#include "bin/tokenmint/exchange.h"
#include "bin/tokenmint/turn.h"
#include "lib/cleanup.h"
#include "lib/error.h"

static int ask(struct installation *installation, struct mint *mint,
	       const char *repository, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_free char *lock =
		str_format("installation/%s@%s", installation->owner, installation->app);
	bool found = false;

	if (turn_take(&turn, &mint->vault, lock, err) < 0 ||
	    installation_find(installation, &found, &mint->layout, err) < 0)
		return -1;
	if (found)
		return 0;
	if (exchange_find(installation, mint, repository, err) < 0) {
		turn_failed(&turn, err, mint->limited_s);
		return -1;
	}
	turn_succeeded(&turn);
	return installation_store(installation, &mint->layout, err);
}

/* Without --app: the one app there is, else the one through which the owner is known. */
static int choose(struct installation *installation, struct mint *mint,
		  struct str_view owner, const char *app_name, struct error *err)
{
	auto_app struct app app = APP_EMPTY;
	struct error unclear = { 0 };
	bool found = false;

	if (app_choose(&app, &mint->vault, app_name, &unclear) == 0)
		return installation_name(installation, app.name, owner, err);
	if (app_name || unclear.kind != ERROR_USAGE) {
		*err = unclear;
		return -1;
	}
	if (installation_name(installation, "", owner, err) < 0 ||
	    installation_find_app(installation, &found, &mint->layout, err) < 0)
		return -1;
	if (found)
		return 0;
	*err = unclear;
	return -1;
}

int find_installation(struct installation *installation, struct mint *mint,
		      const char *name, const char *app, struct error *err)
{
	struct installation wanted = INSTALLATION_EMPTY;
	const char *slash = strchr(name, '/');
	size_t owner_len = slash ? (size_t)(slash - name) : strlen(name);
	bool found = false;

	if (!str_is_name(name))
		return error_set(err, ERROR_USAGE, "'%.200s' is no OWNER or OWNER/REPO",
				 name);
	if (choose(&wanted, mint, (struct str_view){ name, owner_len }, app, err) < 0 ||
	    installation_find(&wanted, &found, &mint->layout, err) < 0)
		return -1;
	if (!found && ask(&wanted, mint, slash ? slash + 1 : NULL, err) < 0)
		return -1;
	*installation = wanted;
	return 0;
}
