#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/hooktools_types.h"
#include "lib/setting.h"
#include "lib/str.h"

static int check_flag(const char *value, struct error *err)
{
	if (str_equal(value, "true"))
		return 0;
	return error_set(err, ERROR_DATA, "it is 'true' or not set, and not '%.100s'",
			 value);
}

static int set(struct hooktools_job *job, const char *key, const char *value,
	       struct error *err)
{
	const struct setting *setting = key ? setting_find_option(key) : NULL;

	if (job->job.fd >= 0)
		return error_set(err, ERROR_USAGE, "job '%s' was started before",
				 job->id);
	if (!setting)
		return error_set(err, ERROR_USAGE, "there is no setting '%.100s'",
				 key ? key : "");
	if (!value)
		return error_set(err, ERROR_USAGE, "setting '%s' wants a value", key);
	/* The supervisor lives elsewhere. */
	if (str_equal(key, "dir") && *value != '/')
		return error_set(err, ERROR_DATA, "'dir' is no absolute path");
	if ((setting->kind == SETTING_FLAG && check_flag(value, err) < 0) ||
	    setting_take(setting, &job->plan, value, err) < 0)
		return error_wrap(err, "'%s'", key);
	return 0;
}

int hooktools_job_set(struct hooktools_job *job, const char *key, const char *value,
		      struct hooktools_error *err)
{
	struct error why = { 0 };

	if (set(job, key, value, &why) < 0)
		return hooktools_fail(err, HOOKTOOLS_ERROR_JOB, &why);
	return 0;
}

int hooktools_job_input(struct hooktools_job *job, const void *bytes, size_t len,
			struct hooktools_error *err)
{
	struct error why = { 0 };

	if (job->job.fd >= 0) {
		(void)error_set(&why, ERROR_USAGE, "job '%s' was started before",
				job->id);
		return hooktools_fail(err, HOOKTOOLS_ERROR_JOB, &why);
	}
	buf_clear(&job->input);
	buf_add(&job->input, bytes, len);
	return 0;
}
