#include "lib/config.h"

#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 1024 * 1024 };

/* Every setting; hooktools.conf(5) says what each means. */
static const char *const settings[] = {
	"HOOKTOOLS_ADDRESS_CONNECTIONS",
	"HOOKTOOLS_ANONYMOUS_TIME",
	"HOOKTOOLS_ATTACH",
	"HOOKTOOLS_BAN_LOCAL",
	"HOOKTOOLS_BAN_MISSES",
	"HOOKTOOLS_BAN_TIME",
	"HOOKTOOLS_BAN_WINDOW",
	"HOOKTOOLS_CGROUP",
	"HOOKTOOLS_CONNECTIONS",
	"HOOKTOOLS_GITHUB_API",
	"HOOKTOOLS_GITHUB_TOKEN_NAME",
	"HOOKTOOLS_GITHUB_URL",
	"HOOKTOOLS_GITLAB_API",
	"HOOKTOOLS_GITLAB_TOKEN_NAME",
	"HOOKTOOLS_HEAD_LINES",
	"HOOKTOOLS_HEAD_SIZE",
	"HOOKTOOLS_HEAD_TIME",
	"HOOKTOOLS_HOOK_URL",
	"HOOKTOOLS_JOBS_MAX",
	"HOOKTOOLS_LEASE",
	"HOOKTOOLS_LOG_MAX",
	"HOOKTOOLS_MAX_TIME",
	"HOOKTOOLS_MIN_FREE",
	"HOOKTOOLS_MIN_INODES",
	"HOOKTOOLS_OBJECT_MAX",
	"HOOKTOOLS_OWNER_CPU",
	"HOOKTOOLS_OWNER_MEMORY",
	"HOOKTOOLS_OWNER_PIDS",
	"HOOKTOOLS_PRESSURE",
	"HOOKTOOLS_PRESSURE_DIR",
	"HOOKTOOLS_PRUNE_AGE",
	"HOOKTOOLS_PRUNE_BYTES",
	"HOOKTOOLS_PRUNE_KEEP",
	"HOOKTOOLS_RATE",
	"HOOKTOOLS_RETRY",
	"HOOKTOOLS_ROUTE_MEMORY",
	"HOOKTOOLS_ROUTE_TIME",
	"HOOKTOOLS_SANDBOX",
	"HOOKTOOLS_TICK_JITTER",
	"HOOKTOOLS_VAULT_STORES",
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };
_Static_assert((int)SETTINGS <= (int)CONFIG_SETTINGS, "raise CONFIG_SETTINGS");

static bool find_setting(size_t *index, const char *name)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		if (str_equal(settings[i], name)) {
			*index = i;
			return true;
		}
	}
	return false;
}

static void trim(char **text)
{
	char *end;

	*text += strspn(*text, " \t\r");
	end = *text + strlen(*text);
	while (end > *text && strchr(" \t\r", end[-1]))
		*--end = '\0';
}

/* "value" and 'value' lose their quotes, as systemd has it. */
static void unquote(char **text)
{
	size_t len = strlen(*text);

	if (len < 2 || (**text != '"' && **text != '\'') || (*text)[len - 1] != **text)
		return;
	(*text)[len - 1] = '\0';
	(*text)++;
}

static int take_line(struct config *config, char *line, struct error *err)
{
	char *name = line;
	char *value;
	size_t index = 0;

	trim(&name);
	if (!*name || *name == '#' || *name == ';')
		return 0;
	value = strchr(name, '=');
	if (!value)
		return error_set(err, ERROR_CONFIG, "no '=' in '%s'", name);
	*value++ = '\0';
	trim(&name);
	trim(&value);
	unquote(&value);
	if (!find_setting(&index, name))
		return error_set(err, ERROR_CONFIG, "unknown setting '%s'", name);
	free(config->values[index]);
	config->values[index] = str_dup(value);
	return 0;
}

static int take_file(struct config *config, char *text, const char *path,
		     struct error *err)
{
	char *next = NULL;
	unsigned number;

	for (number = 1; text; number++, text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		if (take_line(config, text, err) < 0)
			return error_wrap(err, "%s:%u", path, number);
	}
	return 0;
}

static void take_environment(struct config *config)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		const char *value = getenv(settings[i]);

		if (!value)
			continue;
		free(config->values[i]);
		config->values[i] = str_dup(value);
	}
}

int config_load(struct config *config, const struct layout *layout, struct error *err)
{
	auto_config struct config loaded = CONFIG_EMPTY;
	auto_free char *path = path_join(layout->conf, "hooktools.conf");
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (file_read_if(&text, &found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
		return -1;
	if (strlen(buf_str(&text)) != text.len)
		return error_set(err, ERROR_CONFIG, "'%s' has a NUL byte in it", path);
	if (text.len && take_file(&loaded, text.data, path, err) < 0)
		return -1;
	take_environment(&loaded);
	*config = loaded;
	loaded = (struct config)CONFIG_EMPTY;
	return 0;
}

const char *config_get(const struct config *config, const char *name)
{
	size_t index = 0;
	bool known = find_setting(&index, name);

	assert(known);
	if (!known || !config->values[index] || !*config->values[index])
		return NULL;
	return config->values[index];
}

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < CONFIG_SETTINGS; i++)
		free(config->values[i]);
	*config = (struct config)CONFIG_EMPTY;
}
