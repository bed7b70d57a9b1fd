/*
 * killat N COUNT-FILE PROGRAM ARGUMENT...: runs the program and ends it by kill -9 at its Nth
 * system call, before the kernel does it; N = 0 lets it run to its end and writes how many
 * there were.  Its own children are left alone.  Exits as the program does, 137 when killed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_traced(char *argv[])
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(71);
	(void)raise(SIGSTOP);
	(void)execvp(argv[0], argv);
	_exit(71);
}

/* Lets it go on to its next stop; false once it has ended. */
static int next_stop(int *status, pid_t pid, int signal_to_give)
{
	if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal_to_give) < 0)
		return 0;
	return waitpid(pid, status, 0) == pid && WIFSTOPPED(*status);
}

static long follow(int *status, pid_t pid, long at)
{
	long calls = 0;
	int is_entry = 1;
	int give = 0;

	while (next_stop(status, pid, give)) {
		give = 0;
		if (WSTOPSIG(*status) != (SIGTRAP | 0x80)) {
			if (WSTOPSIG(*status) != SIGTRAP)
				give = WSTOPSIG(*status);
			continue;
		}
		if (is_entry && ++calls == at) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, status, 0);
			return calls;
		}
		is_entry = !is_entry;
	}
	return calls;
}

static void write_count(const char *path, long calls)
{
	FILE *file = fopen(path, "we");

	if (!file || fprintf(file, "%ld\n", calls) < 0 || fclose(file) != 0)
		exit(71);
}

int main(int argc, char *argv[])
{
	long calls = 0;
	int status = 0;
	pid_t pid = 0;

	if (argc < 4)
		return 64;
	pid = fork();
	if (pid == 0)
		run_traced(argv + 3);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) < 0)
		return 71;
	calls = follow(&status, pid, strtol(argv[1], NULL, 10));
	write_count(argv[2], calls);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
