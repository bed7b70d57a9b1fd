#include "bin/hookroute/consumer_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/str.h"

enum { FILE_LIMIT = 65536, IN_FLIGHT = 64, IN_FLIGHT_MAX = 4096, ARGUMENTS_MAX = 256 };

#define TIMEOUT "10m"

static int find_file(struct buf *text, const char *name, const struct layout *layout,
		     struct error *err)
{
	const char *const folders[] = { layout->conf, layout->share };
	bool found = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		auto_free char *path =
			str_format("%s/consumers.d/%s.json", folders[i], name);

		if (file_read_if(text, &found, AT_FDCWD, path, FILE_LIMIT, err) < 0)
			return -1;
		if (found)
			return 0;
	}
	return error_set(
		err, ERROR_ABSENT,
		"no consumer '%s': make %s/consumers.d/%s.json, see hookroutes(5)", name,
		layout->conf, name);
}

static int read_argv(struct consumer_file *file, jv exec, struct error *err)
{
	size_t count = jv_get_kind(exec) == JV_KIND_ARRAY ? json_length(exec) : 0;
	size_t i;

	if (count == 0 || count > ARGUMENTS_MAX)
		return error_set(err, ERROR_CONFIG, "'exec' is no list of words");
	file->argv = calloc(count + 1, sizeof(*file->argv));
	if (!file->argv)
		abort();
	for (i = 0; i < count; i++) {
		if (json_element(&file->argv[i], exec, i, "'exec'", err) < 0)
			return -1;
	}
	return 0;
}

static int read_limits(struct consumer_file *file, jv object, struct error *err)
{
	auto_free char *timeout = NULL;

	file->in_flight = IN_FLIGHT;
	if (json_get_u64(&file->in_flight, object, "in_flight", err) < 0 ||
	    json_get_string(&timeout, object, "timeout", err) < 0 ||
	    str_to_duration(&file->timeout_ms, timeout ? timeout : TIMEOUT, err) < 0)
		return -1;
	if (file->in_flight < 1 || file->in_flight > IN_FLIGHT_MAX)
		return error_set(err, ERROR_CONFIG, "'in_flight' is not from 1 to %d",
				 IN_FLIGHT_MAX);
	if (file->timeout_ms < 1)
		return error_set(err, ERROR_CONFIG, "'timeout' is no time");
	return 0;
}

static int read_retry(struct consumer_file *file, jv object, struct error *err)
{
	auto_free char *retry = NULL;
	auto_free char *expire = NULL;
	uint64_t expire_ms = 0;

	if (json_get_string(&retry, object, "retry", err) < 0 ||
	    json_get_string(&expire, object, "expire", err) < 0)
		return -1;
	if (expire && (str_to_duration(&expire_ms, expire, err) < 0 || !expire_ms))
		return error_set(err, ERROR_CONFIG, "'expire' is no time");
	if (retry && retry_read(&file->retry, retry, "'retry'", err) < 0)
		return -1;
	file->has_retry = retry;
	file->retry.expire_ms = expire_ms;
	return 0;
}

static bool is_member(const char *key)
{
	static const char *const members[] = { "exec", "in_flight", "timeout", "retry",
					       "expire" };
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		if (str_equal(key, members[i]))
			return true;
	}
	return false;
}

/* A wrong word would silently be a default. */
static int check_members(jv object, struct error *err)
{
	auto_jv jv keys = json_keys(object);
	size_t i;

	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return error_set(err, ERROR_CONFIG, "no JSON object");
	for (i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;

		if (json_element(&key, keys, i, "a member", err) < 0)
			return -1;
		if (!is_member(key))
			return error_set(err, ERROR_CONFIG, "unknown member '%s'", key);
	}
	return 0;
}

static int read_text(struct consumer_file *file, const struct buf *text,
		     struct error *err)
{
	auto_jv jv object = jv_invalid();
	auto_jv jv exec = jv_invalid();

	if (json_parse(&object, buf_str(text), text->len, err) < 0 ||
	    check_members(object, err) < 0 || read_limits(file, object, err) < 0 ||
	    read_retry(file, object, err) < 0)
		return -1;
	exec = json_get(object, "exec");
	return read_argv(file, exec, err);
}

/* Helpers of ours are in no PATH, and we, in sbin, not in that of cron(8). */
static void find_helper(struct consumer_file *file, const struct layout *layout)
{
	char *path = str_equal(file->argv[0], "hookroute")
			     ? realpath("/proc/self/exe", NULL)
			     : path_join(layout->libexec, file->argv[0]);

	if (!path || strchr(file->argv[0], '/') || access(path, X_OK) < 0) {
		free(path);
		return;
	}
	free(file->argv[0]);
	file->argv[0] = path;
}

/* FNV-1a. */
static uint64_t digest(const struct buf *text)
{
	uint64_t sum = UINT64_C(14695981039346656037);
	size_t i;

	for (i = 0; i < text->len; i++)
		sum = (sum ^ (unsigned char)text->data[i]) * UINT64_C(1099511628211);
	return sum;
}

int consumer_file_read(struct consumer_file *file, const char *name,
		       const struct layout *layout, struct error *err)
{
	auto_consumer_file struct consumer_file read = CONSUMER_FILE_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;

	if (find_file(&text, name, layout, err) < 0)
		return -1;
	if (read_text(&read, &text, err) < 0) {
		err->kind = ERROR_CONFIG;
		return error_wrap(err, "consumers.d/%s.json", name);
	}
	find_helper(&read, layout);
	read.digest = digest(&text);
	*file = read;
	read = (struct consumer_file)CONSUMER_FILE_EMPTY;
	return 0;
}

void consumer_file_free(struct consumer_file *file)
{
	char **word;

	for (word = file->argv; word && *word; word++)
		free(*word);
	free(file->argv);
	*file = (struct consumer_file)CONSUMER_FILE_EMPTY;
}
