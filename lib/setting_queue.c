#include "lib/setting_queue.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/job_after.h"
#include "lib/job_entry.h"
#include "lib/job_group.h"
#include "lib/job_plan.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { RETRIES_MAX = 100, FACTOR_LEAST = 101, FACTOR_MOST = 10000 };

static const char *const busy[] = { "queue", "reject", "cancel-oldest", "cancel-same" };

int value_group(void *field, const char *text, struct error *err)
{
	char **group = field;

	if (!job_group_is_name(text))
		return error_set(err, ERROR_DATA,
				 "'%.100s' is no group: 1 to 100 letters, digits and "
				 "._@:+/-",
				 text);
	free(*group);
	*group = str_dup(text);
	return 0;
}

int value_parallel(void *field, const char *text, struct error *err)
{
	return str_to_u64(field, text, 1, JOB_PARALLEL_MAX, err);
}

int value_busy(void *field, const char *text, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(busy) / sizeof(busy[0]); i++) {
		if (str_equal(busy[i], text)) {
			*(uint64_t *)field = i;
			return 0;
		}
	}
	return error_set(
		err, ERROR_DATA,
		"'%.100s' is none of queue, reject, cancel-oldest and cancel-same", text);
}

void give_busy(struct json_writer *writer, const char *key, uint64_t number)
{
	json_write_string(writer, key, busy[number]);
}

int value_after(void *field, const char *text, struct error *err)
{
	struct job_after after = { "", JOB_AFTER_OK };

	if (job_after_parse(&after, text, err) < 0)
		return -1;
	job_texts_add(field, text);
	return 0;
}

int value_retries(void *field, const char *text, struct error *err)
{
	return str_to_u64(field, text, 0, RETRIES_MAX, err);
}

static int check_cause(const char *cause, struct error *err)
{
	static const char *const causes[] = { "failed", "timeout", "oom", "lost" };
	uint64_t code = 0;
	size_t i;

	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (str_equal(causes[i], cause))
			return 0;
	}
	if (str_starts(cause, "exit:") && str_to_u64(&code, cause + 5, 1, 255, err) == 0)
		return 0;
	return error_set(err, ERROR_DATA,
			 "'%.100s' is none of failed, timeout, oom, lost and exit:N",
			 cause);
}

int value_causes(void *field, const char *text, struct error *err)
{
	while (text) {
		struct str_view part = str_split(&text, ',');
		auto_free char *cause = str_format("%.*s", (int)part.len, part.data);

		if (check_cause(cause, err) < 0)
			return -1;
		job_texts_add(field, cause);
	}
	return 0;
}

/* "2x", "1.5x", "1.25". */
int value_factor(void *field, const char *text, struct error *err)
{
	struct str_view number = { text, strlen(text) - (str_ends(text, "x") ? 1 : 0) };
	uint64_t hundredths = 0;

	if (strspn(text, "0123456789") > 3 || !str_to_hundredths(&hundredths, number) ||
	    hundredths < FACTOR_LEAST || hundredths > FACTOR_MOST)
		return error_set(err, ERROR_DATA, "'%.100s' is no factor as 2x or 1.5x",
				 text);
	*(uint64_t *)field = hundredths;
	return 0;
}

void give_factor(struct json_writer *writer, const char *key, uint64_t hundredths)
{
	auto_free char *text = str_format("%u.%02ux", (unsigned)(hundredths / 100),
					  (unsigned)(hundredths % 100));

	json_write_string(writer, key, text);
}
