#include "bin/hookroute-plugin/setting.h"

#include <stdint.h>
#include <string.h>

#include "lib/error.h"
#include "lib/registry_plugin.h"
#include "lib/str.h"

enum { KEY_MAX = 64, VALUE_MAX = 32768 };

struct word {
	const char *key;
	const char *wants;
	bool (*is_good)(const char *value);
};

static bool is_duration(const char *value)
{
	struct error ignored = { 0 };
	uint64_t ms = 0;

	return str_to_duration(&ms, value, &ignored) == 0 && ms > 0;
}

static bool is_size(const char *value)
{
	struct error ignored = { 0 };
	uint64_t bytes = 0;

	return str_to_size(&bytes, value, &ignored) == 0 && bytes > 0;
}

static bool is_count(const char *value)
{
	struct error ignored = { 0 };
	uint64_t count = 0;

	return str_to_u64(&count, value, 1, 1U << 22, &ignored) == 0;
}

/* "2" or "1.5": runjob looks at it again. */
static bool is_cpus(const char *value)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(value, digits);
	const char *rest = value + whole;

	if (whole == 0 || whole > 3)
		return false;
	if (*rest != '.')
		return *rest == '\0';
	rest++;
	return strspn(rest, digits) == strlen(rest) && *rest && strlen(rest) <= 3;
}

static bool is_dir(const char *value)
{
	return value[0] == '/';
}

static bool is_patterns(const char *value)
{
	return strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789_:.*? -") == strlen(value) &&
	       strspn(value, " ") != strlen(value);
}

static const struct word words[] = {
	{ "cpu", "a number of CPUs as 1.5", is_cpus },
	{ "dir", "an absolute path", is_dir },
	{ "events", "names of events as 'push pull_request', with blanks between",
	  is_patterns },
	{ "grace", "a time as 10s", is_duration },
	{ "memory", "a size as 512M", is_size },
	{ "pids", "a number of processes", is_count },
	{ "timeout", "a time as 10m", is_duration },
};

bool setting_is_variable(const char *key)
{
	return key[0] >= 'A' && key[0] <= 'Z';
}

const char *setting_prefix(const struct registry_setting *setting)
{
	return setting->repository ? "PARAM_" : "CONFIG_";
}

static int check_variable(const struct registry_setting *setting, struct error *err)
{
	size_t len = strlen(setting->key);

	if (len > KEY_MAX ||
	    strspn(setting->key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != len)
		return error_set(err, ERROR_USAGE,
				 "'%.100s' is no key: up to %d capitals, digits and "
				 "underscores",
				 setting->key, KEY_MAX);
	return 0;
}

static int check_word(const struct registry_setting *setting, struct error *err)
{
	size_t i;

	if (setting->is_secret)
		return error_set(err, ERROR_USAGE, "'%s' is no secret", setting->key);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_equal(words[i].key, setting->key))
			continue;
		if (!setting->value || words[i].is_good(setting->value))
			return 0;
		return error_set(err, ERROR_USAGE, "%s wants %s, not '%.100s'",
				 setting->key, words[i].wants, setting->value);
	}
	return error_set(
		err, ERROR_USAGE,
		"no setting '%.100s': a key in capitals is the plugin's, ours are "
		"cpu, dir, events, grace, memory, pids and timeout",
		setting->key);
}

int setting_check(const struct registry_setting *setting, struct error *err)
{
	if (setting->value && strlen(setting->value) > VALUE_MAX)
		return error_set(err, ERROR_USAGE, "%s has more than %d bytes",
				 setting->key, VALUE_MAX);
	return setting_is_variable(setting->key) ? check_variable(setting, err)
						 : check_word(setting, err);
}
