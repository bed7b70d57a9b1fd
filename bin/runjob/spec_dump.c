#include "bin/runjob/spec.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/json_write.h"

static void dump_pairs(struct json_writer *writer, const char *key,
		       const struct job_texts *texts)
{
	size_t i;

	if (!texts->count)
		return;
	json_write_object(writer, key);
	for (i = 0; i < texts->count; i++) {
		const char *equals = strchr(texts->items[i], '=');
		auto_free char *name = str_format("%.*s", (int)(equals - texts->items[i]),
						  texts->items[i]);

		json_write_string(writer, name, equals + 1);
	}
	json_write_object_end(writer);
}

static void dump_text(struct json_writer *writer, const char *key, const char *text)
{
	if (text)
		json_write_string(writer, key, text);
}

static void dump_limits(struct json_writer *writer, const struct job_plan *plan)
{
	if (!plan->cpu_us && !plan->memory_bytes && !plan->pids)
		return;
	json_write_object(writer, "limits");
	if (plan->cpu_us) {
		auto_free char *cpu =
			str_format("%u.%05u", (unsigned)(plan->cpu_us / 100000),
				   (unsigned)(plan->cpu_us % 100000));

		json_write_string(writer, "cpu", cpu);
	}
	if (plan->memory_bytes)
		json_write_u64(writer, "memory", plan->memory_bytes);
	if (plan->pids)
		json_write_u64(writer, "pids", plan->pids);
	json_write_object_end(writer);
}

static void dump_duration(struct json_writer *writer, const char *key, uint64_t ms)
{
	auto_free char *text = str_format("%llums", (unsigned long long)ms);

	if (ms)
		json_write_string(writer, key, text);
}

static void dump_readers(struct json_writer *writer, const struct job_texts *readers)
{
	if (!readers->count)
		return;
	json_write_array(writer, "for");
	for (size_t i = 0; i < readers->count; i++)
		json_write_string(writer, NULL, readers->items[i]);
	json_write_array_end(writer);
}

void spec_dump(struct buf *out, const char *id, const struct job_plan *plan)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", id);
	dump_text(&writer, "name", plan->name);
	json_write_array(&writer, "exec");
	for (i = 0; i < plan->exec.count; i++)
		json_write_string(&writer, NULL, plan->exec.items[i]);
	json_write_array_end(&writer);
	dump_text(&writer, "dir", plan->dir);
	dump_pairs(&writer, "env", &plan->env);
	dump_pairs(&writer, "secrets", &plan->secrets);
	dump_readers(&writer, &plan->readers);
	dump_duration(&writer, "timeout", plan->timeout_ms);
	dump_duration(&writer, "grace", plan->grace_ms);
	dump_limits(&writer, plan);
	dump_text(&writer, "event_id", plan->event_id);
	if (plan->hops)
		json_write_u64(&writer, "hops", plan->hops);
	dump_text(&writer, "repository", plan->repository);
	if (plan->report)
		json_write_raw(&writer, "report", plan->report, strlen(plan->report));
	json_write_object_end(&writer);
}
