#include "lib/hooktools.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/hooktools_types.h"
#include "lib/path.h"
#include "lib/str.h"

#define LIBEXEC "/usr/local/libexec/hooktools"

int hooktools_fail(struct hooktools_error *err, enum hooktools_kind kind,
		   const struct error *why)
{
	if (err) {
		err->kind = kind;
		snprintf(err->message, sizeof(err->message), "%s", why->message);
	}
	return -1;
}

void *hooktools_room(size_t size, enum hooktools_kind kind, struct hooktools_error *err)
{
	void *room = calloc(1, size);
	struct error why = { 0 };

	if (!room) {
		(void)error_errno(&why, "make a handle");
		(void)hooktools_fail(err, kind, &why);
	}
	return room;
}

/* PREFIX/libexec/hooktools, where PREFIX/bin/runjob is the one that PATH means. */
static char *beside_runjob(void)
{
	const char *path = getenv("PATH");

	while (path) {
		struct str_view dir = str_split(&path, ':');
		auto_free char *name = str_format("%.*s/runjob", (int)dir.len, dir.data);
		auto_free char *real = dir.len ? realpath(name, NULL) : NULL;
		char *slash = real ? strrchr(real, '/') : NULL;

		if (!slash || access(real, X_OK) < 0)
			continue;
		*slash = '\0';
		slash = strrchr(real, '/');
		if (slash)
			*slash = '\0';
		return str_format("%s/libexec/hooktools", real);
	}
	return str_dup(LIBEXEC);
}

static void put_place(char **place, const char *given)
{
	if (!given)
		return;
	free(*place);
	*place = str_dup(given);
}

static int find_places(struct hooktools *tools, const struct hooktools_places *places,
		       struct error *err)
{
	static const struct hooktools_places none = { NULL, NULL, NULL };
	struct layout *layout = &tools->layout;

	if (!places)
		places = &none;
	if (layout_read(layout, err) < 0)
		return -1;
	/* What it knows by its own place is that of a program which is not ours. */
	free(layout->libexec);
	layout->libexec = places->libexec ? str_dup(places->libexec) : beside_runjob();
	put_place(&layout->state, places->state);
	put_place(&layout->conf, places->conf);
	tools->pool = path_join(layout->conf, "pool");
	return 0;
}

static void make_environment(struct hooktools *tools)
{
	auto_buf struct buf made = BUF_EMPTY;
	char *end = NULL;

	char *ours[] = { str_format("HOOKTOOLS_STATE=%s", tools->layout.state),
			 str_format("HOOKTOOLS_CONF=%s", tools->layout.conf) };

	buf_add(&made, ours, sizeof(ours));
	for (char **pair = environ; pair && *pair; pair++) {
		char *copy;

		if (str_starts(*pair, "HOOKTOOLS_STATE=") ||
		    str_starts(*pair, "HOOKTOOLS_CONF="))
			continue;
		copy = str_dup(*pair);
		buf_add(&made, &copy, sizeof(copy));
	}
	buf_add(&made, &end, sizeof(end));
	tools->environment = (char **)(void *)buf_take(&made);
	tools->layout.environment = tools->environment;
}

int hooktools_open(struct hooktools **tools, const struct hooktools_places *places,
		   struct hooktools_error *err)
{
	struct error why = { 0 };
	struct hooktools *made =
		hooktools_room(sizeof(*made), HOOKTOOLS_ERROR_CERTIFICATE, err);

	if (!made)
		return -1;
	if (find_places(made, places, &why) < 0) {
		free(made);
		return hooktools_fail(err, HOOKTOOLS_ERROR_CERTIFICATE, &why);
	}
	make_environment(made);
	*tools = made;
	return 0;
}

void hooktools_close(struct hooktools *tools)
{
	if (!tools)
		return;
	for (char **pair = tools->environment; *pair; pair++)
		free(*pair);
	free(tools->environment);
	free(tools->pool);
	layout_free(&tools->layout);
	free(tools);
}
