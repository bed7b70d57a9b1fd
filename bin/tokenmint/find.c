#include "bin/tokenmint/find.h"

#include <string.h>

#include "bin/tokenmint/exchange.h"
#include "bin/tokenmint/turn.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"

static void tell_move(const struct installation *installation, const char *asked)
{
	if (!str_equal(installation->owner, asked))
		log_notice("what was '%s' is with '%s' now", asked, installation->owner);
}

static int ask(struct installation *installation, struct mint *mint,
	       const char *repository, struct error *err)
{
	auto_turn struct turn turn = TURN_NONE;
	auto_free char *asked = str_dup(installation->owner);
	auto_free char *lock =
		str_format("installation/owner+%s%s%s@%s", asked, repository ? "+" : "",
			   repository ? repository : "", installation->app);
	auto_app struct app app = APP_EMPTY;
	struct turn_wish wish = { .name = lock };
	bool found = false;

	if (app_load(&app, &mint->vault, installation->app, err) < 0)
		return -1;
	wish.since_ms = app.secret.stored_ms;
	if (turn_take(&turn, &mint->vault, &wish, err) < 0 ||
	    installation_find(installation, &found, &mint->layout, err) < 0)
		return -1;
	if (found)
		return 0;
	if (exchange_find(installation, mint, repository, err) < 0) {
		turn_failed(&turn, err, mint->stands_s);
		return -1;
	}
	turn_succeeded(&turn);
	/* Kept under the name it has now: the old one may become another's. */
	tell_move(installation, asked);
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
		return installation_name(installation, &app, owner, err);
	if (app_name || unclear.kind != ERROR_USAGE) {
		*err = unclear;
		return -1;
	}
	if (installation_name(installation, NULL, owner, err) < 0 ||
	    installation_find_app(installation, &found, &mint->layout, err) < 0)
		return -1;
	if (found && app_load(&app, &mint->vault, installation->app, err) < 0)
		return -1;
	if (found)
		return installation_name(installation, &app, owner, err);
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
