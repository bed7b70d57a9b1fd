/* lag COUNT: writes the time, a line each millisecond.  lag: reads such lines, and prints the
 * median and the 99th percentile of how old they are, in microseconds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 100000 };

static long long now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const long long *left = a;
	const long long *right = b;

	return (*left > *right) - (*left < *right);
}

static int write_times(long count)
{
	const struct timespec pause = { 0, 1000000 };

	for (long i = 0; i < count; i++) {
		dprintf(STDOUT_FILENO, "%lld\n", now_ns());
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int read_times(void)
{
	static long long lags[LINES_MAX];
	char line[64];
	int count = 0;

	while (count < LINES_MAX && fgets(line, sizeof(line), stdin))
		lags[count++] = now_ns() - strtoll(line, NULL, 10);
	if (!count)
		return 71;
	qsort(lags, (size_t)count, sizeof(lags[0]), compare);
	printf("%lld %lld\n", lags[count / 2] / 1000, lags[count * 99 / 100] / 1000);
	return 0;
}

int main(int argc, char *argv[])
{
	return argc > 1 ? write_times(strtol(argv[1], NULL, 10)) : read_times();
}
