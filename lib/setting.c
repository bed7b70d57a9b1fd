#include "lib/setting.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/json_write.h"
#include "lib/setting_queue.h"
#include "lib/setting_value.h"
#include "lib/str.h"

#define AT(name) offsetof(struct job_plan, name)

/* clang-format off */
const struct setting settings[] = {
	{ "name", "n:", NULL, "name", SETTING_TEXT, AT(name), value_label, NULL },
	{ "dir", "d:", NULL, "dir", SETTING_TEXT, AT(dir), value_text, NULL },
	{ "env", "e:", NULL, "env", SETTING_PAIRS, AT(env), value_pair, NULL },
	{ "secret", NULL, NULL, "secrets", SETTING_PAIRS, AT(secrets), value_pair, NULL },
	{ "secret-file", NULL, NULL, "secret_files", SETTING_PAIRS, AT(secret_files),
	  value_pair, NULL },
	{ "user", NULL, NULL, "user", SETTING_TEXT, AT(user), value_label, NULL },
	{ "umask", NULL, NULL, "umask", SETTING_TEXT, AT(umask), value_umask, NULL },
	{ "sandbox", NULL, NULL, "sandbox", SETTING_TEXT, AT(sandbox), value_sandbox, NULL },
	{ "writable", NULL, NULL, "writable", SETTING_LIST, AT(writable), value_path, NULL },
	{ "for", NULL, NULL, "for", SETTING_LIST, AT(readers), value_reader, NULL },
	{ "timeout", NULL, NULL, "timeout", SETTING_NUMBER, AT(timeout_ms), value_duration,
	  give_duration },
	{ "grace", NULL, NULL, "grace", SETTING_NUMBER, AT(grace_ms), value_duration,
	  give_duration },
	{ "cpu", NULL, "limits", "cpu", SETTING_NUMBER, AT(cpu_us), value_cpu, give_cpu },
	{ "memory", NULL, "limits", "memory", SETTING_NUMBER, AT(memory_bytes), value_size,
	  NULL },
	{ "pids", NULL, "limits", "pids", SETTING_NUMBER, AT(pids), value_pids, NULL },
	{ "io-read", NULL, "limits", "io_read", SETTING_NUMBER, AT(read_bps), value_size, NULL },
	{ "io-write", NULL, "limits", "io_write", SETTING_NUMBER, AT(write_bps), value_size,
	  NULL },
	{ "open-files", NULL, "limits", "open_files", SETTING_NUMBER, AT(open_files),
	  value_open_files, NULL },
	{ "limits", NULL, "limits", "enforce", SETTING_NUMBER, AT(best_effort), value_enforce,
	  give_enforce },
	{ "log-max", NULL, "limits", "log", SETTING_NUMBER, AT(log_bytes), value_log, NULL },
	{ "log-index", NULL, NULL, "log_index", SETTING_FLAG, AT(log_index), value_flag, NULL },
	{ "group", NULL, NULL, "group", SETTING_TEXT, AT(group), value_group, NULL },
	{ "parallel", NULL, NULL, "parallel", SETTING_NUMBER, AT(parallel), value_parallel, NULL },
	{ "busy", NULL, NULL, "busy", SETTING_NUMBER, AT(busy), value_busy, give_busy },
	{ "after", NULL, NULL, "after", SETTING_LIST, AT(after), value_after, NULL },
	{ "retry", NULL, "retry", "times", SETTING_NUMBER, AT(retry_times), value_retries, NULL },
	{ "retry-delay", NULL, "retry", "delay", SETTING_NUMBER, AT(retry_delay_ms),
	  value_duration, give_duration },
	{ "retry-on", NULL, "retry", "on", SETTING_LIST, AT(retry_on), value_causes, NULL },
	{ "retry-memory", NULL, "retry", "memory", SETTING_NUMBER, AT(retry_memory),
	  value_factor, give_factor },
	{ "retry-memory-max", NULL, "retry", "memory_max", SETTING_NUMBER,
	  AT(retry_memory_max), value_size, NULL },
	{ "result", NULL, NULL, NULL, SETTING_NUMBER, AT(publishes), value_result, NULL },
	{ NULL, NULL, NULL, "event_id", SETTING_TEXT, AT(event_id), value_uuid, NULL },
	{ NULL, NULL, NULL, "owner", SETTING_TEXT, AT(owner), value_owner, NULL },
	{ NULL, NULL, NULL, "again", SETTING_TEXT, AT(again), value_uuid, NULL },
	{ NULL, NULL, NULL, "version", SETTING_TEXT, AT(version), value_label, NULL },
	{ NULL, NULL, NULL, "chosen", SETTING_TEXT, AT(chosen), value_label, NULL },
	{ NULL, NULL, NULL, "run", SETTING_TEXT, AT(run), value_uuid, NULL },
	{ NULL, NULL, NULL, "hops", SETTING_NUMBER, AT(hops), value_hops, NULL },
	{ NULL, NULL, NULL, "repository", SETTING_TEXT, AT(repository), value_label, NULL },
	{ NULL, NULL, NULL, NULL, SETTING_TEXT, 0, NULL, NULL },
};
/* clang-format on */

bool setting_is_last(const struct setting *setting)
{
	return !setting->option && !setting->key;
}

bool setting_is_in(const struct setting *setting, const char *section)
{
	if (!setting->section || !section)
		return setting->section == section;
	return strcmp(setting->section, section) == 0;
}

const struct setting *setting_find(const char *section, const char *key)
{
	const struct setting *setting;

	for (setting = settings; !setting_is_last(setting); setting++) {
		if (setting->key && setting_is_in(setting, section) &&
		    str_equal(setting->key, key))
			return setting;
	}
	return NULL;
}

const struct setting *setting_find_option(const char *option)
{
	const struct setting *setting;

	for (setting = settings; !setting_is_last(setting); setting++) {
		if (setting->option && str_equal(setting->option, option))
			return setting;
	}
	return NULL;
}

bool setting_is_section(const char *key)
{
	const struct setting *setting;

	for (setting = settings; !setting_is_last(setting); setting++) {
		if (setting_is_in(setting, key))
			return true;
	}
	return false;
}

int setting_take(const struct setting *setting, struct job_plan *plan, const char *text,
		 struct error *err)
{
	return setting->take((char *)plan + setting->field, text, err);
}

static const void *look(const struct setting *setting, const struct job_plan *plan)
{
	return (const char *)plan + setting->field;
}

bool setting_is_set(const struct setting *setting, const struct job_plan *plan)
{
	const void *field = look(setting, plan);

	switch (setting->kind) {
	case SETTING_TEXT:
		return *(char *const *)field != NULL;
	case SETTING_NUMBER:
	case SETTING_FLAG:
		return *(const uint64_t *)field != 0;
	case SETTING_LIST:
	case SETTING_PAIRS:
	default:
		return ((const struct job_texts *)field)->count != 0;
	}
}

static void give_list(struct json_writer *writer, const char *key,
		      const struct job_texts *texts)
{
	json_write_array(writer, key);
	for (size_t i = 0; i < texts->count; i++)
		json_write_string(writer, NULL, texts->items[i]);
	json_write_array_end(writer);
}

static void give_pairs(struct json_writer *writer, const char *key,
		       const struct job_texts *texts)
{
	json_write_object(writer, key);
	for (size_t i = 0; i < texts->count; i++) {
		const char *equals = strchr(texts->items[i], '=');
		auto_free char *name = str_format("%.*s", (int)(equals - texts->items[i]),
						  texts->items[i]);

		json_write_string(writer, name, equals + 1);
	}
	json_write_object_end(writer);
}

void setting_give(struct json_writer *writer, const struct setting *setting,
		  const struct job_plan *plan)
{
	const void *field = look(setting, plan);

	switch (setting->kind) {
	case SETTING_TEXT:
		json_write_string(writer, setting->key, *(char *const *)field);
		break;
	case SETTING_FLAG:
		json_write_bool(writer, setting->key, true);
		break;
	case SETTING_LIST:
		give_list(writer, setting->key, field);
		break;
	case SETTING_PAIRS:
		give_pairs(writer, setting->key, field);
		break;
	case SETTING_NUMBER:
	default:
		if (setting->give)
			setting->give(writer, setting->key, *(const uint64_t *)field);
		else
			json_write_u64(writer, setting->key, *(const uint64_t *)field);
	}
}
