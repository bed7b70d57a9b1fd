#include "lib/jail_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/error.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH 0 /* not looked at yet: no filter */
#endif

enum { X32_BIT = 0x40000000, STEPS_MAX = 192 };

#define NEW_SPACES                                                                       \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |   \
	 CLONE_NEWPID | CLONE_NEWNET)

static const int denied[] = {
	/* the file system's shape */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_move_mount,
	SYS_open_tree,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_mount_setattr,
	SYS_open_by_handle_at,
	SYS_quotactl,
	SYS_quotactl_fd,
	SYS_fanotify_init,
	/* other processes and other namespaces */
	SYS_unshare,
	SYS_setns,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_process_madvise,
	SYS_kcmp,
	SYS_pidfd_getfd,
	/* the kernel itself */
	SYS_kexec_load,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_syslog,
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
	/* the machine */
	SYS_reboot,
	SYS_swapon,
	SYS_swapoff,
	SYS_acct,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_clock_adjtime,
	SYS_adjtimex,
	SYS_vhangup,
};

enum { DENIED = sizeof(denied) / sizeof(denied[0]) };

struct filter {
	struct sock_filter steps[STEPS_MAX];
	unsigned short count;
};

static void add(struct filter *filter, struct sock_filter step)
{
	filter->steps[filter->count++] = step;
}

/* Skip the next step unless the value is equal. */
static void unless(struct filter *filter, uint16_t test, uint32_t value)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, 1));
}

static void answer(struct filter *filter, uint32_t number)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						 number ? SECCOMP_RET_ERRNO | number
							: SECCOMP_RET_ALLOW));
}

static void load(struct filter *filter, size_t offset)
{
	add(filter,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* One call, by its argument: the rest of the filter is not run for it. */
static void look_at(struct filter *filter, int call, size_t argument, uint16_t test,
		    uint32_t value)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						 (uint32_t)call, 0, 4));
	/* Its lower half: all machines of ours are little-endian. */
	load(filter, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
	unless(filter, test, value);
	answer(filter, EPERM);
	answer(filter, 0);
}

static void build(struct filter *filter)
{
	int i;

	/* Another processor's calls, as of 32 bits, have other numbers: none of them. */
	load(filter, offsetof(struct seccomp_data, arch));
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
	answer(filter, ENOSYS);
	load(filter, offsetof(struct seccomp_data, nr));
	unless(filter, BPF_JGE, X32_BIT);
	answer(filter, ENOSYS);
	unless(filter, BPF_JEQ, SYS_clone3);
	answer(filter, ENOSYS);
	for (i = 0; i < DENIED; i++) {
		unless(filter, BPF_JEQ, (uint32_t)denied[i]);
		answer(filter, EPERM);
	}
	look_at(filter, SYS_clone, 0, BPF_JSET, NEW_SPACES);
	look_at(filter, SYS_ioctl, 1, BPF_JEQ, TIOCSTI);
	/* Machines beside ours are reached through it, and no namespace is around it. */
	look_at(filter, SYS_socket, 0, BPF_JEQ, 40 /* AF_VSOCK */);
	answer(filter, 0);
}

_Static_assert(DENIED * 2 + 32 < STEPS_MAX, "raise STEPS_MAX");

bool jail_filter_works(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return ARCH && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int jail_filter_enter(struct error *err)
{
	struct filter filter = { .count = 0 };
	struct sock_fprog program = { 0, filter.steps };

	build(&filter);
	program.len = filter.count;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
		return error_errno(err, "filter system calls");
	return 0;
}
