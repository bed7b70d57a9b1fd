/* hookroute-plugin-exec NAME@VERSION SHA256 FILE: become the plugin, if FILE has just the bytes that
 * were registered.  The program of the jobs that hookroute-plugin starts; see hookplugin(5). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/sealed.h"
#include "lib/str.h"

/* The interpreter of a script opens the descriptor by its number, so it stays open. */
static int become(int fd, const char *name, struct error *err)
{
	auto_free char *own = str_format("%.*s", (int)strcspn(name, "@"), name);
	char *const argv[] = { own, NULL };

	if (fcntl(fd, F_SETFD, 0) < 0)
		return error_errno(err, "keep the descriptor");
	(void)fexecve(fd, argv, environ);
	(void)error_errno(err, "execute plugin '%s'", name);
	if (errno == EACCES)
		return error_wrap(err, "does vm.memfd_noexec(5) forbid it?");
	err->kind = ERROR_CONFIG;
	return -1;
}

static int run(const char *name, const char *digest, const char *file, struct error *err)
{
	auto_sealed struct sealed sealed = SEALED_NONE;

	if (sealed_open(&sealed, file, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "plugin '%s' does not work", name);
	}
	if (!str_equal(sealed.digest, digest))
		return error_set(
			err, ERROR_CONFIG,
			"plugin '%s' does not work: '%s' has changed, and works again "
			"when the same bytes are back",
			name, file);
	return become(sealed.fd, name, err);
}

int main(int argc, char *argv[])
{
	struct error err = { 0 };

	log_start("hookroute-plugin-exec", false);
	if (argc != 4)
		(void)error_set(&err, ERROR_USAGE,
				"usage: hookroute-plugin-exec NAME@VERSION SHA256 FILE");
	else
		(void)run(argv[1], argv[2], argv[3], &err);
	log_error("%s", err.message);
	return error_exit_status(&err);
}
