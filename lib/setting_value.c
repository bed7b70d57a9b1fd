#include "lib/setting_value.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cgroup_limits.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/jail.h"
#include "lib/job_owner.h"
#include "lib/job_plan.h"
#include "lib/json_write.h"
#include "lib/str.h"
#include "lib/uuid.h"
#include "lib/vault_rules.h"

enum {
	LABEL_MAX = 140,
	PIDS_MAX = 1 << 22,
	/* Below that a program could not even be loaded. */
	OPEN_FILES_LEAST = 16,
	OPEN_FILES_MOST = 1 << 30,
	/* An event may lead to a job, and that to an event, so often; as hookroute emit
	 * has it. */
	HOPS_MAX = 8
};

static int check_label(const char *text, struct error *err)
{
	size_t len = strlen(text);
	size_t i;

	if (len == 0 || len > LABEL_MAX)
		return error_set(err, ERROR_DATA, "a name has 1 to %d bytes", LABEL_MAX);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			return error_set(err, ERROR_DATA,
					 "it has a character that no name has");
	}
	return 0;
}

static int check_pair(const char *pair, struct error *err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	size_t len = strspn(pair, letters);

	if (len == 0 || (pair[0] >= '0' && pair[0] <= '9') || pair[len] != '=')
		return error_set(err, ERROR_DATA, "'%.*s' is no NAME=VALUE", (int)len + 1,
				 pair);
	return 0;
}

static int check_reader(const char *who, struct error *err)
{
	if (vault_is_subject(who))
		return 0;
	return error_set(err, ERROR_DATA,
			 "'%.200s' is nobody who reads secrets: want pipeline/NAME, "
			 "namespace/NAME, repository/NAME or another of hookvault(5)",
			 who);
}

int value_cpu(void *field, const char *text, struct error *err)
{
	return cgroup_parse_cpu(field, text, err);
}

int value_text(void *field, const char *text, struct error *err)
{
	char **value = field;

	(void)err;
	free(*value);
	*value = str_dup(text);
	return 0;
}

int value_label(void *field, const char *text, struct error *err)
{
	return check_label(text, err) < 0 ? -1 : value_text(field, text, err);
}

int value_umask(void *field, const char *text, struct error *err)
{
	const char *digits = text + (*text == '0');
	size_t len = strspn(digits, "01234567");

	if (!*text || len > 3 || digits[len])
		return error_set(err, ERROR_DATA, "'%.100s' is no umask, as 027", text);
	return value_text(field, text, err);
}

int value_sandbox(void *field, const char *text, struct error *err)
{
	enum jail_level level;
	bool relaxed = false;

	if (!jail_find(&level, &relaxed, text))
		return error_set(
			err, ERROR_DATA,
			"'%.100s' is no sandbox; there are none, default and strict, "
			"the latter two also with ,best-effort",
			text);
	return value_text(field, text, err);
}

int value_path(void *field, const char *text, struct error *err)
{
	if (*text != '/')
		return error_set(err, ERROR_DATA, "'%.200s' is no absolute path", text);
	job_texts_add(field, text);
	return 0;
}

int value_uuid(void *field, const char *text, struct error *err)
{
	if (!uuid_is_valid(text))
		return error_set(err, ERROR_DATA, "'%.100s' is no UUID", text);
	return value_text(field, text, err);
}

int value_owner(void *field, const char *text, struct error *err)
{
	char owner[JOB_OWNER_LEN];

	if (!job_owner_parse(owner, text))
		return error_set(err, ERROR_DATA, "'%.100s' is no SHA-256 fingerprint",
				 text);
	return value_text(field, owner, err);
}

int value_pair(void *field, const char *text, struct error *err)
{
	if (check_pair(text, err) < 0)
		return -1;
	job_texts_add(field, text);
	return 0;
}

int value_reader(void *field, const char *text, struct error *err)
{
	if (check_reader(text, err) < 0)
		return -1;
	job_texts_add(field, text);
	return 0;
}

int value_duration(void *field, const char *text, struct error *err)
{
	return str_to_duration(field, text, err);
}

int value_flag(void *field, const char *text, struct error *err)
{
	(void)text;
	(void)err;
	*(uint64_t *)field = 1;
	return 0;
}

int value_log(void *field, const char *text, struct error *err)
{
	uint64_t *bytes = field;

	if (str_to_size(bytes, text, err) < 0)
		return -1;
	if (*bytes < JOB_LOG_LEAST)
		return error_set(err, ERROR_DATA, "a log has room for %d bytes at least",
				 JOB_LOG_LEAST);
	return 0;
}

int value_size(void *field, const char *text, struct error *err)
{
	return str_to_size(field, text, err);
}

int value_pids(void *field, const char *text, struct error *err)
{
	return str_to_u64(field, text, 1, PIDS_MAX, err);
}

int value_open_files(void *field, const char *text, struct error *err)
{
	return str_to_u64(field, text, OPEN_FILES_LEAST, OPEN_FILES_MOST, err);
}

int value_enforce(void *field, const char *text, struct error *err)
{
	bool best_effort = str_equal(text, "best-effort");

	if (!best_effort && !str_equal(text, "strict"))
		return error_set(
			err, ERROR_DATA,
			"limits are enforced 'strict' or 'best-effort', not '%s'", text);
	*(uint64_t *)field = best_effort;
	return 0;
}

int value_hops(void *field, const char *text, struct error *err)
{
	uint64_t *hops = field;

	if (str_to_u64(hops, text, 0, UINT64_MAX, err) < 0)
		return -1;
	if (*hops > HOPS_MAX)
		return error_set(err, ERROR_DATA,
				 "jobs led to jobs %d times in a row: is it a loop?",
				 HOPS_MAX);
	return 0;
}

int value_result(void *field, const char *text, struct error *err)
{
	if (!str_equal(text, "spool"))
		return error_set(err, ERROR_DATA, "a result goes to 'spool', not '%s'",
				 text);
	*(uint64_t *)field = 1;
	return 0;
}

void give_duration(struct json_writer *writer, const char *key, uint64_t ms)
{
	auto_free char *text = str_format("%llums", (unsigned long long)ms);

	json_write_string(writer, key, text);
}

void give_cpu(struct json_writer *writer, const char *key, uint64_t us)
{
	auto_free char *text =
		str_format("%u.%05u", (unsigned)(us / 100000), (unsigned)(us % 100000));

	json_write_string(writer, key, text);
}

void give_enforce(struct json_writer *writer, const char *key, uint64_t best_effort)
{
	json_write_string(writer, key, best_effort ? "best-effort" : "strict");
}
