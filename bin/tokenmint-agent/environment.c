#include "bin/tokenmint-agent/environment.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

#define URL "https://github.com"
#define SETTINGS_MAX 10000 /* of others that we add to */

static void add(struct environment *environment, char *value)
{
	environment->values = reallocarray((void *)environment->values,
					   environment->count + 2, sizeof(char *));
	if (!environment->values)
		abort();
	environment->values[environment->count++] = value;
	environment->values[environment->count] = NULL;
}

void environment_free(struct environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		free(environment->values[i]);
	free((void *)environment->values);
	*environment = (struct environment)ENVIRONMENT_EMPTY;
}

/* A setting of git-config(1), behind those that are there: the last one wins. */
static void add_setting(struct environment *environment, uint64_t *number, char *key,
			const char *value)
{
	auto_free char *name = key;

	add(environment,
	    str_format("GIT_CONFIG_KEY_%llu=%s", (unsigned long long)*number, name));
	add(environment,
	    str_format("GIT_CONFIG_VALUE_%llu=%s", (unsigned long long)*number, value));
	(*number)++;
}

/* 'a b' for the shell that git starts helpers with. */
static char *quote(const char *path)
{
	auto_buf struct buf text = BUF_EMPTY;

	for (; *path; path++)
		if (*path == '\'')
			buf_add_str(&text, "'\\''");
		else
			buf_add_char(&text, *path);
	return str_format("!'%s' git-credential", buf_str(&text));
}

/* Our helper is the only one for this server, and its ssh addresses are taken for http. */
static void add_git(struct environment *environment, const struct layout *layout,
		    const char *url)
{
	const char *given = getenv("GIT_CONFIG_COUNT");
	const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
	auto_free char *program = path_join(layout->bin, "tokenmint");
	auto_free char *helper = quote(program);
	auto_free char *base = str_format("%s%s", url, str_ends(url, "/") ? "" : "/");
	auto_free char *ssh =
		str_format("ssh://git@%s%s", host, str_ends(host, "/") ? "" : "/");
	auto_free char *scp = str_format("git@%.*s:", (int)strcspn(host, "/"), host);
	struct error ignored = { 0 };
	uint64_t number = 0;

	if (given && str_to_u64(&number, given, 0, SETTINGS_MAX, &ignored) < 0)
		number = 0;
	add_setting(environment, &number, str_format("credential.%s.helper", url), "");
	add_setting(environment, &number, str_format("credential.%s.helper", url),
		    helper);
	add_setting(environment, &number, str_format("url.%s.insteadOf", base), ssh);
	add_setting(environment, &number, str_format("url.%s.insteadOf", base), scp);
	add(environment, str_format("GIT_CONFIG_COUNT=%llu", (unsigned long long)number));
}

void environment_make(struct environment *environment, const char *agent,
		      const struct layout *layout, const char *url)
{
	for (char **value = environ; *value; value++)
		if (!str_starts(*value, "HOOKTOOLS_AGENT=") &&
		    !str_starts(*value, "GIT_CONFIG_COUNT="))
			add(environment, str_dup(*value));
	add(environment, str_format("HOOKTOOLS_AGENT=%s", agent));
	add_git(environment, layout, url && *url ? url : URL);
}
