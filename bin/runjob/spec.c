#include "bin/runjob/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/runjob/check.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

/* An event may lead to a job, and that to an event, so often; as hookroute emit has it. */
enum { HOPS_MAX = 8 };

struct reader {
	const char *key;
	int (*read)(struct spec *spec, jv object, const char *key, struct error *err);
};

static int refuse(struct spec *spec, jv object, const char *key, struct error *err)
{
	(void)spec;
	(void)object;
	return error_set(err, ERROR_DATA, "'%s' is not supported by this version", key);
}

/* Looked at elsewhere: payload and report are cut out of the line. */
static int pass(struct spec *spec, jv object, const char *key, struct error *err)
{
	(void)spec;
	(void)object;
	(void)key;
	(void)err;
	return 0;
}

static int read_id(struct spec *spec, jv object, const char *key, struct error *err)
{
	auto_free char *id = NULL;

	if (json_get_string(&id, object, key, err) < 0)
		return -1;
	if (id && !uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "'id' is no UUID");
	if (id)
		snprintf(spec->id, sizeof(spec->id), "%s", id);
	return 0;
}

static int read_label(char **text, jv object, const char *key, struct error *err)
{
	if (json_get_string(text, object, key, err) < 0)
		return -1;
	return *text ? check_label(*text, key, err) : 0;
}

static int read_name(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_label(&spec->plan.name, object, key, err);
}

static int read_repository(struct spec *spec, jv object, const char *key,
			   struct error *err)
{
	return read_label(&spec->plan.repository, object, key, err);
}

static int read_event_id(struct spec *spec, jv object, const char *key, struct error *err)
{
	if (json_get_string(&spec->plan.event_id, object, key, err) < 0)
		return -1;
	if (spec->plan.event_id && !uuid_is_valid(spec->plan.event_id))
		return error_set(err, ERROR_DATA, "'%s' is no UUID", key);
	return 0;
}

static int read_hops(struct spec *spec, jv object, const char *key, struct error *err)
{
	if (json_get_u64(&spec->plan.hops, object, key, err) < 0)
		return -1;
	if (spec->plan.hops > HOPS_MAX)
		return error_set(err, ERROR_DATA,
				 "jobs led to jobs %d times in a row: is it a loop?",
				 HOPS_MAX);
	return 0;
}

static int read_dir(struct spec *spec, jv object, const char *key, struct error *err)
{
	if (json_get_string(&spec->plan.dir, object, key, err) < 0)
		return -1;
	if (spec->plan.dir && spec->plan.dir[0] != '/')
		return error_set(err, ERROR_DATA, "'%s' is no absolute path", key);
	return 0;
}

static int read_stdin(struct spec *spec, jv object, const char *key, struct error *err)
{
	return json_get_string(&spec->input, object, key, err);
}

static int read_exec(struct spec *spec, jv object, const char *key, struct error *err)
{
	auto_jv jv list = json_get(object, key);
	size_t i;

	if (jv_get_kind(list) != JV_KIND_ARRAY || json_length(list) == 0)
		return error_set(err, ERROR_DATA,
				 "'%s' is no array of a program and its arguments", key);
	for (i = 0; i < json_length(list); i++) {
		auto_free char *text = NULL;

		if (json_element(&text, list, i, key, err) < 0)
			return -1;
		job_texts_add(&spec->plan.exec, text);
	}
	if (!*spec->plan.exec.items[0])
		return error_set(err, ERROR_DATA, "'%s' begins with an empty text", key);
	return 0;
}

/* {"NAME":"value"} */
static int read_pairs(struct job_texts *texts, jv object, const char *key,
		      struct error *err)
{
	auto_jv jv map = json_get(object, key);
	auto_jv jv keys = json_keys(map);
	size_t i;

	if (jv_get_kind(map) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "'%s' is no object", key);
	for (i = 0; i < json_length(keys); i++) {
		auto_free char *name = NULL;
		auto_free char *value = NULL;
		auto_free char *pair = NULL;

		if (json_element(&name, keys, i, key, err) < 0 ||
		    json_get_string(&value, map, name, err) < 0)
			return error_wrap(err, "'%s'", key);
		pair = str_format("%s=%s", name, value ? value : "");
		if (check_pair(pair, err) < 0)
			return error_wrap(err, "'%s'", key);
		job_texts_add(texts, pair);
	}
	return 0;
}

static int read_env(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_pairs(&spec->plan.env, object, key, err);
}

static int read_secrets(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_pairs(&spec->plan.secrets, object, key, err);
}

static int read_for(struct spec *spec, jv object, const char *key, struct error *err)
{
	auto_jv jv list = json_get(object, key);

	if (jv_get_kind(list) != JV_KIND_ARRAY)
		return error_set(err, ERROR_DATA, "'%s' is no array of texts", key);
	for (size_t i = 0; i < json_length(list); i++) {
		auto_free char *who = NULL;

		if (json_element(&who, list, i, key, err) < 0 ||
		    check_reader(who, err) < 0)
			return error_wrap(err, "'%s'", key);
		job_texts_add(&spec->plan.readers, who);
	}
	return 0;
}

/* A number stands for its own text: 90 is "90". */
static int read_quantity(char **text, jv object, const char *key, struct error *err)
{
	auto_jv jv value = json_get(object, key);

	if (jv_get_kind(value) != JV_KIND_NUMBER)
		return json_get_string(text, object, key, err);
	*text = str_format("%.15g", jv_number_value(value));
	return 0;
}

typedef int quantity(uint64_t *number, const char *text, struct error *err);

static int read_number(uint64_t *number, quantity *parse, jv object, const char *key,
		       struct error *err)
{
	auto_free char *text = NULL;

	if (read_quantity(&text, object, key, err) < 0)
		return -1;
	if (text && parse(number, text, err) < 0)
		return error_wrap(err, "'%s'", key);
	return 0;
}

static int parse_pids(uint64_t *number, const char *text, struct error *err)
{
	return str_to_u64(number, text, 1, 1U << 22, err);
}

static int read_timeout(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_number(&spec->plan.timeout_ms, str_to_duration, object, key, err);
}

static int read_grace(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_number(&spec->plan.grace_ms, str_to_duration, object, key, err);
}

static int read_cpu(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_number(&spec->plan.cpu_us, check_cpu, object, key, err);
}

static int read_memory(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_number(&spec->plan.memory_bytes, str_to_size, object, key, err);
}

static int read_pids(struct spec *spec, jv object, const char *key, struct error *err)
{
	return read_number(&spec->plan.pids, parse_pids, object, key, err);
}

static int read_limits(struct spec *spec, jv object, const char *key, struct error *err);

/* clang-format off */
static const struct reader readers[] = {
	{ "id", read_id },
	{ "name", read_name },
	{ "exec", read_exec },
	{ "dir", read_dir },
	{ "env", read_env },
	{ "secrets", read_secrets },
	{ "for", read_for },
	{ "stdin", read_stdin },
	{ "payload", pass },
	{ "timeout", read_timeout },
	{ "grace", read_grace },
	{ "limits", read_limits },
	{ "event_id", read_event_id },
	{ "hops", read_hops },
	{ "repository", read_repository },
	{ "report", pass },
	{ "backend", refuse },
	{ "busy", refuse },
	{ "checkout", refuse },
	{ "group", refuse },
	{ "parallel", refuse },
	{ "pipeline", refuse },
	{ "retry", refuse },
	{ "tasks", refuse },
	{ NULL, NULL },
};
static const struct reader limit_readers[] = {
	{ "cpu", read_cpu },
	{ "memory", read_memory },
	{ "pids", read_pids },
	{ "io", refuse },
	{ NULL, NULL },
};
/* clang-format on */

static int read_members(struct spec *spec, const struct reader *table, jv object,
			struct error *err)
{
	auto_jv jv keys = json_keys(object);
	size_t i;

	for (i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;
		const struct reader *reader = table;

		if (json_element(&key, keys, i, "a key", err) < 0)
			return -1;
		while (reader->key && strcmp(reader->key, key) != 0)
			reader++;
		if (!reader->key)
			return error_set(err, ERROR_DATA, "unknown key '%.100s'", key);
		if (reader->read(spec, object, key, err) < 0)
			return -1;
	}
	return 0;
}

static int read_limits(struct spec *spec, jv object, const char *key, struct error *err)
{
	auto_jv jv limits = json_get(object, key);

	if (jv_get_kind(limits) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "'%s' is no object", key);
	if (read_members(spec, limit_readers, limits, err) < 0)
		return error_wrap(err, "'%s'", key);
	return 0;
}

/* The payload's bytes are the job's, and libjq need not see them: null takes their place. */
static int parse_rest(jv *value, struct spec *spec, struct str_view line,
		      struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct str_view payload = { NULL, 0 };

	if (!json_plain_is_valid(line))
		return error_set(err, ERROR_DATA, "the line is no JSON");
	if (!json_scan_member(&payload, line, "payload"))
		return json_parse(value, line.data, line.len, err);
	buf_add(&text, line.data, (size_t)(payload.data - line.data));
	buf_add_str(&text, "null");
	buf_add(&text, payload.data + payload.len,
		(size_t)(line.data + line.len - payload.data) - payload.len);
	spec->payload = payload;
	return json_parse(value, text.data, text.len, err);
}

static int take_report(struct spec *spec, struct str_view line)
{
	struct str_view report = { NULL, 0 };

	if (json_scan_member(&report, line, "report"))
		spec->plan.report = str_format("%.*s", (int)report.len, report.data);
	return 0;
}

static int parse(struct spec *spec, struct str_view line, struct error *err)
{
	auto_jv jv value = jv_invalid();

	if (parse_rest(&value, spec, line, err) < 0)
		return -1;
	if (jv_get_kind(value) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "the line is no object");
	if (read_members(spec, readers, value, err) < 0)
		return -1;
	if (!spec->plan.exec.count)
		return error_set(err, ERROR_DATA, "'exec' is missing");
	if (spec->payload.data && spec->input)
		return error_set(err, ERROR_DATA,
				 "'stdin' and 'payload' exclude another");
	return take_report(spec, line);
}

int spec_parse(struct spec *spec, struct str_view line, struct error *err)
{
	auto_spec struct spec parsed = SPEC_EMPTY;

	parsed.plan.waits = 1;
	if (parse(&parsed, line, err) < 0) {
		err->kind = ERROR_DATA;
		return -1;
	}
	*spec = parsed;
	parsed = (struct spec)SPEC_EMPTY;
	return 0;
}

void spec_free(struct spec *spec)
{
	job_plan_free(&spec->plan);
	free(spec->input);
	*spec = (struct spec)SPEC_EMPTY;
}
