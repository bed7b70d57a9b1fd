/*
 * Preloaded into programs: their clock is ahead by the seconds that stand in the file $CLOCK_FILE,
 * read again whenever it is asked, so that a test can let hours pass.  Only the time of
 * day; timeouts run as ever.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long ahead(void)
{
	const char *path = getenv("CLOCK_FILE");
	char text[24] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	(void)close(fd); /* it was only read */
	return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int status = 0;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
								    "clock_gettime");
	status = real(clock, now);
	if (status == 0 && clock == CLOCK_REALTIME)
		now->tv_sec += ahead();
	return status;
}
