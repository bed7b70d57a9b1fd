#include "lib/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

enum { NAME_MAX_LEN = 64 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789_+-/";

/* May it be the name of a file below the zones'?  Those of right/ count leap seconds. */
static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LEN && strspn(name, letters) == len &&
	       name[0] != '/' && name[len - 1] != '/' && !strstr(name, "//") &&
	       !str_starts(name, "right/");
}

static bool is_zone_file(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[4] = "";

	return fd >= 0 && read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
	       memcmp(magic, "TZif", sizeof(magic)) == 0;
}

static int check(const char *name, struct error *err)
{
	const char *dir = getenv("TZDIR");
	auto_free char *path = NULL;

	/* The C library knows this one by itself. */
	if (str_equal(name, "UTC"))
		return 0;
	if (!is_name(name))
		return error_set(err, ERROR_DATA,
				 "no time zone '%.80s': a name as Europe/Berlin or UTC",
				 name);
	if (!dir || !*dir)
		dir = "/usr/share/zoneinfo";
	path = str_format("%s/%s", dir, name);
	if (!is_zone_file(path))
		return error_set(err, ERROR_DATA,
				 "no time zone '%s' in %s: a name as Europe/Berlin or "
				 "UTC (package tzdata; timedatectl list-timezones)",
				 name, dir);
	return 0;
}

static void put(const char *text)
{
	if (text)
		(void)setenv("TZ", text, 1);
	else
		(void)unsetenv("TZ");
	tzset();
}

void zone_open(struct zone *zone)
{
	*zone = (struct zone){ str_dup(getenv("TZ")), NULL };
	tzset();
}

int zone_use(struct zone *zone, const char *name, struct error *err)
{
	if (str_equal(zone->name, name) || (!zone->name && !name))
		return 0;
	if (name && check(name, err) < 0)
		return -1;
	free(zone->name);
	zone->name = str_dup(name);
	put(name ? name : zone->system);
	return 0;
}

void zone_free(struct zone *zone)
{
	if (zone->name)
		put(zone->system);
	free(zone->system);
	free(zone->name);
	*zone = (struct zone)ZONE_EMPTY;
}

void zone_format(char out[static ZONE_TEXT], int64_t unix_s)
{
	const time_t seconds = (time_t)unix_s;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	if (!strftime(out, ZONE_TEXT, tm.tm_sec ? "%F %T %Z" : "%F %R %Z", &tm))
		out[0] = '\0';
}
