#ifndef LIB_LAYOUT_H
#define LIB_LAYOUT_H

#include <stdbool.h>

struct error;

/*
 * Where things are: read once, near main, from the environment and from where the
 * program itself stands (PREFIX/bin/x, PREFIX/sbin/x or PREFIX/libexec/hooktools/x),
 * so that the installed tree and the build tree work alike.
 */
struct layout {
	char *state; /* $HOOKTOOLS_STATE; /var/lib/hooktools or $XDG_STATE_HOME/hooktools */
	char *conf;    /* $HOOKTOOLS_CONF; /etc/hooktools or $XDG_CONFIG_HOME/hooktools */
	char *run;     /* $HOOKTOOLS_RUN; /run/hooktools or $XDG_RUNTIME_DIR/hooktools */
	char *bin;     /* PREFIX/bin: for programs called by name put it first in PATH */
	char *libexec; /* PREFIX/libexec/hooktools: helper programs */
	char *share;   /* PREFIX/share/hooktools: jq/, consumers.d/ */
	/* Not freed: whose jobs, see job_owner.h, NULL for our own; the environment of our
	 * programs, NULL for ours.  Who gives one is a guest in a process: what is started
	 * there is no child of it. */
	const char *owner;
	char *const *environment;
};

#define LAYOUT_EMPTY                                                                     \
	{                                                                                \
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL                           \
	}
#define auto_layout __attribute__((cleanup(layout_free)))

/* Fills layout; makes no folder. */
int layout_read(struct layout *layout, struct error *err);
void layout_free(struct layout *layout);

/* "<state>/<name>", "<conf>/<name>" ...: use path_join. */

/*
 * Where the master key is: $HOOKTOOLS_KEY_FILE, else $CREDENTIALS_DIRECTORY/hooktools.key
 * if that is set, else <conf>/hooktools.key.  The caller frees it.
 */
char *layout_key_file(const struct layout *layout);

#endif
