#include "lib/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__)
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#else
#define ARCH 0 /* unknown: no filter */
#endif

#define X32_BIT 0x40000000u

/* Rights of the later versions, for headers that do not know them. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READING                                                                          \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                     \
	 LANDLOCK_ACCESS_FS_READ_DIR)
#define OF_FILES                                                                         \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                     \
	 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define FIRST_VERSION ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int forbid_programs(struct error *err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (!ARCH)
		return 0;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 &&
	    errno != EINVAL)
		return error_errno(err, "forbid the execution of programs");
	return 0;
}

static uint64_t known_rights(long version)
{
	uint64_t rights = FIRST_VERSION;

	if (version >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return rights;
}

/* rights: all that a rule may give. */
static int allow(int rules, const struct sandbox_path *path, uint64_t rights,
		 struct error *err)
{
	struct landlock_path_beneath_attr rule = { 0 };
	auto_close int fd = open(path->path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open '%s'", path->path);
	rule.parent_fd = fd;
	rule.allowed_access = path->writable ? rights : READING & rights;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) <
	    0)
		return error_errno(err, "allow '%s' in the sandbox", path->path);
	return 0;
}

int sandbox_close_files_off(bool *landlocked, const struct sandbox_path *paths,
			    size_t count, bool execute, struct error *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attributes = { 0 };
	auto_close int rules = -1;
	uint64_t rights;
	size_t i;

	*landlocked = false;
	if (version < 1)
		return 0;
	attributes.handled_access_fs = known_rights(version);
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes),
			     0);
	if (rules < 0)
		return error_errno(err, "make a sandbox");
	rights = attributes.handled_access_fs;
	if (!execute)
		rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE;
	for (i = 0; i < count; i++) {
		if (allow(rules, &paths[i], rights, err) < 0)
			return -1;
	}
	if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return error_errno(err, "enter the sandbox");
	*landlocked = true;
	return 0;
}

int sandbox_enter(bool *landlocked, const struct sandbox_path *paths, size_t count,
		  struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, "give up new privileges");
	if (sandbox_close_files_off(landlocked, paths, count, false, err) < 0)
		return -1;
	return forbid_programs(err);
}
