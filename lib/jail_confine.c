#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/jail_filter.h"
#include "lib/sandbox.h"
#include "lib/str.h"

#define BIT(name) (UINT64_C(1) << (name))

/* What root keeps in the default sandbox: enough to install and to serve, nothing that reaches
 * out of the namespaces. */
#define OF_ROOT                                                                          \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) |    \
	 BIT(CAP_KILL) | BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) |          \
	 BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_NET_RAW) | BIT(CAP_AUDIT_WRITE))

static int read_rights(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };

	return (int)syscall(SYS_capget, &header, data);
}

static int keep_rights(uint64_t kept)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (read_rights(data) < 0)
		return -1;
	data[0].permitted &= (uint32_t)kept;
	data[1].permitted &= (uint32_t)(kept >> 32);
	data[0].effective &= (uint32_t)kept;
	data[1].effective &= (uint32_t)(kept >> 32);
	data[0].inheritable = 0;
	data[1].inheritable = 0;
	return (int)syscall(SYS_capset, &header, data);
}

/* Nothing that it executes gets more than these. */
static int bound_rights(uint64_t kept)
{
	struct __user_cap_data_struct data[2];
	unsigned long right;

	if (read_rights(data) < 0)
		return -1;
	/* Who may not change the bounds has no rights either. */
	if (!(data[0].effective & (1U << CAP_SETPCAP)))
		return 0;
	for (right = 0; prctl(PR_CAPBSET_READ, right, 0, 0, 0) >= 0; right++) {
		if (!(kept & BIT(right)) && prctl(PR_CAPBSET_DROP, right, 0, 0, 0) < 0)
			return -1;
	}
	return 0;
}

static void add(struct buf *paths, const char *path, bool writable)
{
	const struct sandbox_path added = { path, writable };

	/* Where it cannot get now it cannot get later. */
	if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0)
		buf_add(paths, &added, sizeof(added));
}

/* Each folder of PATH; their texts live as long as copy. */
static void add_programs(struct buf *paths, char *copy)
{
	char *next;

	for (; copy; copy = next) {
		next = strchr(copy, ':');
		if (next)
			*next++ = '\0';
		if (*copy == '/')
			add(paths, copy, false);
	}
}

/* The system's own folders can be read, and what is the job's written to; nothing else. */
static int landlock(const struct jail *jail, const char *path_variable, struct error *err)
{
	static const char *const system[] = { "/usr",	"/bin",	  "/sbin",   "/lib",
					      "/lib32", "/lib64", "/libx32", "/etc",
					      "/opt",	"/nix",	  "/sys" };
	auto_buf struct buf paths = BUF_EMPTY;
	auto_free char *programs = str_dup(path_variable);
	bool landlocked = false;
	size_t i;

	for (i = 0; i < sizeof(system) / sizeof(system[0]); i++)
		add(&paths, system[i], false);
	add_programs(&paths, programs);
	if (strchr(jail->program, '/'))
		add(&paths, jail->program, false);
	add(&paths, "/proc", true);
	for (i = 0; i < jail->count; i++) {
		if (jail->paths[i].kind != JAIL_HIDDEN)
			add(&paths, jail->paths[i].path, true);
	}
	return sandbox_close_files_off(
		&landlocked, (const struct sandbox_path *)(void *)paths.data,
		paths.len / sizeof(struct sandbox_path), true, err);
}

static int lose_rights(const struct jail *jail, struct error *err)
{
	bool is_root = jail->level == JAIL_DEFAULT && geteuid() == 0 &&
		       !jail->user.is_other && !jail->maps_users;
	uint64_t kept =
		is_root || (jail->user.is_other && jail->user.uid == 0) ? OF_ROOT : 0;

	if (bound_rights(kept) < 0)
		return error_errno(err, "bound its capabilities");
	if (jail_user_become(&jail->user) < 0)
		return error_errno(err, "become user %u", (unsigned)jail->user.uid);
	if (keep_rights(kept) < 0)
		return error_errno(err, "give up capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, "give up new privileges");
	return 0;
}

int jail_confine(const struct jail *jail, const char *path_variable, struct error *err)
{
	if (jail->level == JAIL_NONE) {
		if (jail_user_become(&jail->user) < 0)
			return error_errno(err, "become user %u",
					   (unsigned)jail->user.uid);
		return 0;
	}
	if (lose_rights(jail, err) < 0)
		return -1;
	if (jail->level != JAIL_STRICT)
		return 0;
	if (!(jail->lacks & JAIL_LANDLOCK) && landlock(jail, path_variable, err) < 0)
		return -1;
	return jail->lacks & JAIL_SECCOMP ? 0 : jail_filter_enter(err);
}
