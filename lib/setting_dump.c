#include "lib/setting.h"

#include <string.h>

#include "lib/json_write.h"

/* Those of a section stand together in the table. */
static void dump_settings(struct json_writer *writer, const struct job_plan *plan)
{
	const struct setting *setting;
	const char *section = NULL;

	for (setting = settings; !setting_is_last(setting); setting++) {
		if (!setting->key || !setting_is_set(setting, plan))
			continue;
		if (section && !setting_is_in(setting, section)) {
			json_write_object_end(writer);
			section = NULL;
		}
		if (setting->section && !section)
			json_write_object(writer, setting->section);
		section = setting->section;
		setting_give(writer, setting, plan);
	}
	if (section)
		json_write_object_end(writer);
}

void setting_dump(struct buf *out, const char *id, const struct job_plan *plan)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	json_write_array(&writer, "exec");
	for (i = 0; i < plan->exec.count; i++)
		json_write_string(&writer, NULL, plan->exec.items[i]);
	json_write_array_end(&writer);
	dump_settings(&writer, plan);
	if (plan->report)
		json_write_raw(&writer, "report", plan->report, strlen(plan->report));
	json_write_object_end(&writer);
}
