#include "bin/runjob-serve/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/str.h"

enum {
	CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE |
		  IN_ONLYDIR
};

/* A folder that comes later is seen to come in the one above it. */
static int watch_folder(const struct pool *pool, const char *path)
{
	int watch = inotify_add_watch(pool->inotify, path, CHANGES);

	if (watch < 0 && errno != ENOENT)
		log_warning("watch '%s': %s: changes in it are not seen, ignoring", path,
			    strerror(errno));
	return watch;
}

static void watch_parent(const struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	auto_free char *parent =
		slash ? str_format("%.*s", slash > path ? (int)(slash - path) : 1, path)
		      : str_dup(".");

	(void)watch_folder(pool, parent);
}

static void watch_all(struct pool *pool)
{
	watch_parent(pool, pool->dir);
	watch_parent(pool, pool->revoked);
	for (int i = 0; i < CERTIFICATE_ROLES; i++) {
		enum certificate_role role = (enum certificate_role)i;
		auto_free char *own = path_join(pool->dir, certificate_role_folder(role));
		auto_free char *folder = trust_folder(role);
		auto_free char *ca = folder ? path_join(pool->dir, folder) : NULL;

		pool->folders[2 * i] = watch_folder(pool, own);
		pool->folders[2 * i + 1] = ca ? watch_folder(pool, ca) : -1;
	}
}

static int read_again(struct pool *pool, struct error *err)
{
	struct trust trust = TRUST_EMPTY;
	bool lacks;

	/* Before reading, so that no change is missed. */
	watch_all(pool);
	lacks = pool->may_lack && access(pool->revoked, F_OK) < 0 && errno == ENOENT;
	if (trust_read(&trust, pool->dir, lacks ? NULL : pool->revoked, err) < 0)
		return -1;
	pool->may_lack = lacks;
	trust_free(&pool->trust);
	pool->trust = trust;
	log_notice("%zu certificates in the pool", trust.pool.count);
	return 0;
}

static bool is_named(const struct inotify_event *event, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return path && event->len && str_equal(event->name, slash ? slash + 1 : path);
}

/* Of the folders above only what bears our names: who else writes there is no business of
 * ours, and must not have us read a file that is just being written. */
static bool concerns(const struct pool *pool, const struct inotify_event *event)
{
	if ((event->mask & IN_Q_OVERFLOW) || is_named(event, pool->dir) ||
	    is_named(event, pool->revoked))
		return true;
	for (int i = 0; i < 2 * CERTIFICATE_ROLES; i++) {
		if (pool->folders[i] == event->wd && event->len && event->name[0] != '.')
			return true;
	}
	return false;
}

static void on_change(void *context)
{
	struct pool *pool = context;
	char bytes[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct error err = { 0 };
	bool any = false;
	ssize_t got;

	while ((got = read(pool->inotify, bytes, sizeof(bytes))) > 0) {
		const char *p = bytes;

		while (p < bytes + got) {
			const struct inotify_event *event = (const void *)p;

			any = any || concerns(pool, event);
			p += sizeof(*event) + event->len;
		}
	}
	if (any && read_again(pool, &err) < 0)
		log_error("%s: what was read before stays", err.message);
}

int pool_open(struct pool *pool, struct error *err)
{
	pool->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (pool->inotify < 0)
		return error_errno(err, "watch the pool");
	return read_again(pool, err);
}

int pool_watch(struct pool *pool, struct http_server *server, struct error *err)
{
	const struct http_watch watch = { pool->inotify, on_change, pool };

	return http_server_watch(server, &watch, err);
}

void pool_close(struct pool *pool)
{
	trust_free(&pool->trust);
	cleanup_close(&pool->inotify);
}
