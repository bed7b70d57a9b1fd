#include "lib/layout.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/path.h"
#include "lib/str.h"

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* $own, else the system's place for root, else $xdg/hooktools, else $HOME/fallback/hooktools. */
struct place {
	const char *own;
	const char *root;
	const char *xdg;
	const char *fallback;
};

static const struct place state_place = { "HOOKTOOLS_STATE", "/var/lib/hooktools",
					  "XDG_STATE_HOME", ".local/state" };
static const struct place conf_place = { "HOOKTOOLS_CONF", "/etc/hooktools",
					 "XDG_CONFIG_HOME", ".config" };
static const struct place run_place = { "HOOKTOOLS_RUN", "/run/hooktools",
					"XDG_RUNTIME_DIR", ".local/state/hooktools-run" };

static int find_place(char **path, const struct place *place, struct error *err)
{
	auto_free char *base = NULL;

	if (environment(place->own)) {
		*path = str_dup(environment(place->own));
		return 0;
	}
	if (geteuid() == 0) {
		*path = str_dup(place->root);
		return 0;
	}
	if (environment(place->xdg))
		base = str_dup(environment(place->xdg));
	else if (environment("HOME"))
		base = path_join(environment("HOME"), place->fallback);
	else
		return error_set(err, ERROR_CONFIG, "neither %s, %s nor HOME is set",
				 place->own, place->xdg);
	*path = path_join(base, "hooktools");
	return 0;
}

/* The folder above bin, sbin or libexec/hooktools in which this program stands. */
static int find_prefix(struct buf *prefix, struct error *err)
{
	char *room = buf_room(prefix, 4096);
	ssize_t len = readlink("/proc/self/exe", room, 4095);
	char *slash;

	if (len < 0)
		return error_errno(err, "read '/proc/self/exe'");
	buf_grew(prefix, (size_t)len);
	slash = strrchr(prefix->data, '/');
	*slash = '\0';
	if (str_ends(prefix->data, "/libexec/hooktools"))
		*strrchr(prefix->data, '/') = '\0';
	slash = strrchr(prefix->data, '/');
	buf_cut(prefix, (size_t)(slash - prefix->data));
	return 0;
}

int layout_read(struct layout *layout, struct error *err)
{
	auto_layout struct layout found = LAYOUT_EMPTY;
	auto_buf struct buf prefix = BUF_EMPTY;

	if (find_place(&found.state, &state_place, err) < 0 ||
	    find_place(&found.conf, &conf_place, err) < 0 ||
	    find_place(&found.run, &run_place, err) < 0 || find_prefix(&prefix, err) < 0)
		return -1;
	found.bin = path_join(buf_str(&prefix), "bin");
	found.libexec = path_join(buf_str(&prefix), "libexec/hooktools");
	found.share = path_join(buf_str(&prefix), "share/hooktools");
	*layout = found;
	found = (struct layout)LAYOUT_EMPTY;
	return 0;
}

void layout_free(struct layout *layout)
{
	free(layout->state);
	free(layout->conf);
	free(layout->run);
	free(layout->bin);
	free(layout->libexec);
	free(layout->share);
	*layout = (struct layout)LAYOUT_EMPTY;
}

char *layout_key_file(const struct layout *layout)
{
	if (environment("HOOKTOOLS_KEY_FILE"))
		return str_dup(environment("HOOKTOOLS_KEY_FILE"));
	if (environment("CREDENTIALS_DIRECTORY"))
		return path_join(environment("CREDENTIALS_DIRECTORY"), "hooktools.key");
	return path_join(layout->conf, "hooktools.key");
}
