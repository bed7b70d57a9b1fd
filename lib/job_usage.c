#include "lib/job_usage.h"

#include <stddef.h>
#include <stdio.h>

#include "lib/json_plain.h"
#include "lib/json_write.h"

struct field {
	const char *key;
	size_t offset;
	size_t size; /* of a text; 0: a number */
};

#define NUMBER(key, name)                                                                \
	{                                                                                \
		key, offsetof(struct job_usage, name), 0                                 \
	}
#define TEXT(name)                                                                       \
	{                                                                                \
#name, offsetof(struct job_usage, name),                                 \
			sizeof(((struct job_usage *)0)->name)                            \
	}

static const struct field fields[] = {
	NUMBER("cpu_user_ms", user_ms),
	NUMBER("cpu_system_ms", system_ms),
	NUMBER("throttled_ms", throttled_ms),
	NUMBER("io_read_bytes", read_bytes),
	NUMBER("io_write_bytes", write_bytes),
	NUMBER("pressure_cpu_ms", pressure_cpu_ms),
	NUMBER("pressure_memory_ms", pressure_memory_ms),
	NUMBER("pressure_io_ms", pressure_io_ms),
	NUMBER("forks_refused", forks_refused),
	NUMBER("oom_kills", oom_kills),
	NUMBER("oom_limit", oom_limit),
	TEXT(oom_of),
	TEXT(oom_killed),
	TEXT(left_over),
	TEXT(unenforced),
	NUMBER("paused_ms", paused_ms),
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

void job_usage_dump(struct json_writer *writer, const struct job_usage *usage)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		const void *value = (const char *)usage + fields[i].offset;
		const char *text = value;
		const uint64_t *number = value;

		if (fields[i].size)
			json_write_cut(writer, fields[i].key, text);
		else if (*number)
			json_write_u64(writer, fields[i].key, *number);
		else
			json_write_null(writer, fields[i].key);
	}
}

void job_usage_take(struct job_usage *usage, struct str_view text)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		void *value = (char *)usage + fields[i].offset;
		struct str_view found = { "", 0 };
		uint64_t number = 0;

		if (fields[i].size) {
			(void)json_plain_string(&found, text, fields[i].key);
			snprintf(value, fields[i].size, "%.*s", (int)found.len,
				 found.data);
		} else if (json_plain_u64(&number, text, fields[i].key)) {
			*(uint64_t *)value = number;
		}
	}
}
