#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/limits.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/vault_key.h"

/* Where things are, whose they are, and what room there is. */

enum {
	OTHERS_WRITE = 022,
	OTHERS = 077,
	SLOW_MS = 100,
	MB = 1 << 20,
};

static void check_conf_dir(struct doctor *doctor, const char *dir)
{
	auto_free char *next = str_format("chmod go-w '%s'", dir);
	struct stat status = { 0 };

	if (stat(dir, &status) < 0)
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "no folder '%s': all settings are built in", dir);
	else if (status.st_mode & OTHERS_WRITE)
		doctor_say(doctor, DOCTOR_FAIL, next,
			   "'%s' can be changed by others (mode %04o)", dir,
			   (unsigned)status.st_mode & 07777);
	else
		doctor_say(doctor, DOCTOR_OK, NULL, "'%s'", dir);
}

void doctor_conf(struct doctor *doctor)
{
	struct error err = { 0 };

	if (config_load(&doctor->config, doctor->layout, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, "man 5 hooktools.conf", "%s",
			   err.message);
	check_conf_dir(doctor, doctor->layout->conf);
}

/* What a command that root typed has made belongs to root, and the server cannot use it. */
static bool check_owners(struct doctor *doctor, const char *dir, uid_t owner)
{
	static const char *const names[] = { "registry.db", "vault",	 "spool",
					     "spool/tmp",   "spool/new", "seen",
					     "rotated",	    "bans" };
	auto_free char *next = str_format("chown -R %u '%s'", (unsigned)owner, dir);
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		auto_free char *path = path_join(dir, names[i]);
		struct stat status = { 0 };

		if (lstat(path, &status) < 0 || status.st_uid == owner)
			continue;
		good = false;
		doctor_say(doctor, DOCTOR_FAIL, next,
			   "'%s' belongs to user %u, and its folder to %u", path,
			   (unsigned)status.st_uid, (unsigned)owner);
	}
	return good;
}

void doctor_state_dir(struct doctor *doctor)
{
	const char *dir = doctor->layout->state;
	auto_free char *modes = str_format("chmod 0700 '%s'", dir);
	struct stat status = { 0 };
	auto_free char *as = NULL;

	if (stat(dir, &status) < 0) {
		doctor_say(doctor, errno == ENOENT ? DOCTOR_WARN : DOCTOR_FAIL,
			   "hookrecv add NAME makes it", "no folder '%s'", dir);
		return;
	}
	if (status.st_mode & OTHERS)
		doctor_say(doctor,
			   status.st_mode & OTHERS_WRITE ? DOCTOR_FAIL : DOCTOR_WARN,
			   modes, "'%s' is open to others (mode %04o)", dir,
			   (unsigned)status.st_mode & 07777);
	as = str_format("sudo -u '#%u' hookrecv doctor", (unsigned)status.st_uid);
	if (geteuid() != 0 && status.st_uid != geteuid())
		doctor_say(doctor, DOCTOR_FAIL, as,
			   "'%s' belongs to user %u, and you are %u", dir,
			   (unsigned)status.st_uid, (unsigned)geteuid());
	else if (check_owners(doctor, dir, status.st_uid) && !(status.st_mode & OTHERS))
		doctor_say(doctor, DOCTOR_OK, NULL, "'%s' is its user's alone", dir);
}

void doctor_key(struct doctor *doctor)
{
	auto_free char *file = layout_key_file(doctor->layout);
	auto_free char *modes = str_format("chmod 0400 '%s', and look whose it is", file);
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	struct error err = { 0 };

	if (vault_key_read(key, file, &err) == 0)
		doctor_say(doctor, DOCTOR_OK, NULL, "'%s' is there, and closed to others",
			   file);
	else
		doctor_say(doctor, DOCTOR_FAIL,
			   err.kind == ERROR_DENIED ? modes : "tokenmint vault init",
			   "%s", err.message);
	crypto_wipe(key, sizeof(key));
}

/* All that a receiver does for an event, but for the name. */
static int try_sync(const struct doctor *doctor, struct error *err)
{
	auto_free char *name = str_format(".doctor-%jd", (intmax_t)getpid());
	int dir = doctor->spool.dir[SPOOL_TMP];
	auto_close int fd = openat(
		dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int failed;

	if (fd < 0)
		return error_errno(err, "write to spool folder 'tmp'");
	failed = file_write(fd, name, strlen(name), name, err);
	if (!failed && fsync(fd) < 0)
		failed = error_errno(err, "sync in spool folder 'tmp'");
	(void)unlinkat(dir, name, 0);
	return failed ? -1 : file_sync_dir(doctor->spool.dir[SPOOL_NEW], "new", err);
}

static bool is_one_filesystem(const struct spool *spool)
{
	struct stat first = { 0 };
	int i;

	if (fstat(spool->dir[SPOOL_TMP], &first) < 0)
		return false;
	for (i = SPOOL_NEW; i < SPOOL_STATES; i++) {
		struct stat other = { 0 };

		if (fstat(spool->dir[i], &other) < 0 || other.st_dev != first.st_dev)
			return false;
	}
	return true;
}

static void check_sync(struct doctor *doctor)
{
	int64_t begun_ms = date_now_ms();
	struct error err = { 0 };
	int64_t took_ms;

	if (try_sync(doctor, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL,
			   "free or replace the disk, or mount it rw", "%s", err.message);
		return;
	}
	took_ms = date_now_ms() - begun_ms;
	if (took_ms > SLOW_MS)
		doctor_say(doctor, DOCTOR_WARN, "iostat -x 1",
			   "a sync takes %jd ms, and each sender waits for one",
			   (intmax_t)took_ms);
	else
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "its folders can be written and synced (%jd ms)",
			   (intmax_t)took_ms);
}

static bool is_complete(const char *spool)
{
	bool complete = true;
	int i;

	for (i = 0; i < SPOOL_STATES; i++) {
		auto_free char *path = path_join(spool, spool_state_name(i));

		complete &= access(path, F_OK) == 0;
	}
	return complete;
}

void doctor_spool(struct doctor *doctor)
{
	auto_free char *path = path_join(doctor->layout->state, "spool");
	auto_free char *next = str_format("ls -ld '%s' '%s'/*", path, path);
	struct error err = { 0 };

	/* Opening makes what is missing, and it would be root's. */
	if (!is_complete(path)) {
		doctor_say(doctor, DOCTOR_WARN, "start hookrecv, which makes them",
			   "folders of '%s' are missing", path);
		return;
	}
	if (spool_open(&doctor->spool, path, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, next, "%s", err.message);
		return;
	}
	if (!is_one_filesystem(&doctor->spool)) {
		doctor_say(doctor, DOCTOR_FAIL, "man 5 hookspool",
			   "the folders of '%s' are on several file systems, and a "
			   "rename cannot cross them",
			   path);
		return;
	}
	check_sync(doctor);
}

/* At the floor events are refused; at twice of it they soon will be. */
static enum doctor_state judge_room(uint64_t left, uint64_t floor)
{
	if (floor && left <= floor)
		return DOCTOR_FAIL;
	return floor && left / 2 <= floor ? DOCTOR_WARN : DOCTOR_OK;
}

void doctor_disk(struct doctor *doctor)
{
	auto_free char *next = str_format("df -h -i '%s'; remove old days of spool/done/",
					  doctor->layout->state);
	struct statvfs room = { 0 };
	struct limits limits;
	struct error err = { 0 };
	enum doctor_state state;
	uint64_t floor;
	uint64_t left;

	if (statvfs(doctor->layout->state, &room) < 0 ||
	    limits_load(&limits, doctor->layout, &err) < 0)
		return; /* as was said */
	left = (uint64_t)room.f_bavail * room.f_frsize;
	floor = limits_floor_of(&limits.free_bytes,
				(uint64_t)room.f_blocks * room.f_frsize);
	state = judge_room(left, floor);
	/* A file system that has no table of inodes counts none. */
	if (room.f_files && state != DOCTOR_FAIL &&
	    judge_room(room.f_favail, limits_floor_of(&limits.free_inodes, room.f_files)))
		state = judge_room(room.f_favail,
				   limits_floor_of(&limits.free_inodes, room.f_files));
	doctor_say(doctor, state, state == DOCTOR_OK ? NULL : next,
		   "%ju MB and %ju files have room; below %ju MB events are refused",
		   (uintmax_t)(left / MB), (uintmax_t)room.f_favail,
		   (uintmax_t)(floor / MB));
}
