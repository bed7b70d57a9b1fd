#include "lib/pressure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/str.h"

/* The kernel counts its averages anew every 2 seconds (psi.c: PSI_FREQ), and that is also the
 * window that it grants to everybody (6.5 and later). */
enum { TEXT_LEN = 512, PERIOD_MS = 2000, PERIOD_US = 2000000, WHOLE = 10000 };

static const char *const names[PRESSURE_KINDS] = { "cpu", "memory", "io" };

const char *pressure_name(enum pressure_kind kind)
{
	return names[kind];
}

void pressure_text(char text[static PRESSURE_LEN], unsigned hundredths)
{
	snprintf(text, PRESSURE_LEN, "%u.%02u", hundredths / 100, hundredths % 100);
}

/* "memory=10" */
static bool take_limit(struct pressure *pressure, struct str_view word)
{
	uint64_t limit = 0;
	size_t i;

	for (i = 0; i < PRESSURE_KINDS; i++) {
		size_t len = strlen(names[i]);
		struct str_view value = { word.data + len + 1, word.len - len - 1 };

		if (word.len <= len + 1 || strncmp(word.data, names[i], len) != 0 ||
		    word.data[len] != '=')
			continue;
		if (!str_to_hundredths(&limit, value) || limit == 0 || limit > WHOLE)
			return false;
		pressure->limits[i] = (unsigned)limit;
		return true;
	}
	return false;
}

static int take_limits(struct pressure *pressure, bool *best_effort, const char *text,
		       struct error *err)
{
	const char *p = text;

	while (*(p += strspn(p, " \t,"))) {
		struct str_view word = { p, strcspn(p, " \t,") };

		p += word.len;
		if (str_view_equal(word, "best-effort"))
			*best_effort = true;
		else if (!take_limit(pressure, word))
			return error_set(err, ERROR_CONFIG,
					 "HOOKTOOLS_PRESSURE: '%.*s' is not "
					 "cpu=, memory= or io= and a per cent",
					 (int)word.len, word.data);
	}
	return 0;
}

/* To be written, too, if we may: that is how it is watched. */
static int open_one(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

/* Who switched PSI off has the files, and errors when they are opened. */
static int open_file(int *fd, const char *dir, const char *name, struct error *err)
{
	auto_free char *path = str_format("%s/%s", dir, name);
	auto_free char *of_group = str_format("%s/%s.pressure", dir, name);

	*fd = open_one(path);
	if (*fd < 0 && errno == ENOENT)
		*fd = open_one(of_group);
	if (*fd >= 0)
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "HOOKTOOLS_PRESSURE: this machine does not tell the pressure of "
			 "%s: open '%s': %s",
			 name, path, strerror(errno));
}

int pressure_open(struct pressure *pressure, const struct config *config,
		  struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_PRESSURE");
	const char *dir = config_get(config, "HOOKTOOLS_PRESSURE_DIR");
	auto_pressure struct pressure made = PRESSURE_NONE;
	bool best_effort = false;
	size_t i;

	if (text && take_limits(&made, &best_effort, text, err) < 0)
		return -1;
	for (i = 0; i < PRESSURE_KINDS; i++) {
		struct error lacking = { 0 };

		if (!made.limits[i] ||
		    open_file(&made.fds[i], dir ? dir : "/proc/pressure", names[i],
			      &lacking) == 0)
			continue;
		if (!best_effort) {
			*err = lacking;
			return -1;
		}
	}
	*pressure = made;
	made = (struct pressure)PRESSURE_NONE;
	return 0;
}

void pressure_close(struct pressure *pressure)
{
	size_t i;

	for (i = 0; i < PRESSURE_KINDS; i++)
		cleanup_close(&pressure->fds[i]);
	*pressure = (struct pressure)PRESSURE_NONE;
}

/* "some avg10=0.45 avg60=...": one that cannot be read is no pressure. */
static unsigned read_now(int fd)
{
	static const char key[] = "some avg10=";
	char text[TEXT_LEN] = "";
	struct str_view value;
	uint64_t now = 0;
	const char *at;

	if (fd < 0 || pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	at = strstr(text, key);
	if (!at)
		return 0;
	at += strlen(key);
	value = (struct str_view){ at, strcspn(at, " \n") };
	return str_to_hundredths(&now, value) && now <= UINT_MAX ? (unsigned)now : 0;
}

bool pressure_is_over(struct pressure_over *over, const struct pressure *pressure)
{
	struct pressure_over worst = { PRESSURE_CPU, 0, 1 };
	unsigned i;

	for (i = 0; i < PRESSURE_KINDS; i++) {
		unsigned limit = pressure->limits[i];
		unsigned now = read_now(pressure->fds[i]);

		/* Which is more times its limit. */
		if (now > limit &&
		    (uint64_t)now * worst.limit > (uint64_t)worst.now * limit)
			worst = (struct pressure_over){ (enum pressure_kind)i, now,
							limit };
	}
	if (worst.now)
		*over = worst;
	return worst.now > 0;
}

/* An average over 10 seconds falls by e^(-2/10) in each period at most, so that many periods
 * pass, and the kernel tells of none of them: its triggers fire while pressure is there. */
int pressure_fall_ms(const struct pressure_over *over)
{
	uint64_t now = over->now;
	int ms = 0;

	do {
		now = now * 8187 / WHOLE;
		ms += PERIOD_MS;
	} while (now > over->limit);
	return ms;
}

static bool is_kernels(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

bool pressure_watch(const struct pressure *pressure, enum pressure_kind kind)
{
	char trigger[64];
	int fd = pressure->fds[kind];

	if (fd < 0 || !is_kernels(fd))
		return false;
	snprintf(trigger, sizeof(trigger), "some %u %d",
		 pressure->limits[kind] * (PERIOD_US / WHOLE), PERIOD_US);
	/* The NUL is wanted, too. */
	return write(fd, trigger, strlen(trigger) + 1) > 0;
}
