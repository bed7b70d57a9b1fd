#include "bin/runjob-consume/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/setting.h"

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

/* A number stands for its own text: 90 is "90". */
static int read_quantity(char **text, jv object, const char *key, struct error *err)
{
	auto_jv jv value = json_get(object, key);

	if (jv_get_kind(value) != JV_KIND_NUMBER)
		return json_get_string(text, object, key, err);
	*text = str_format("%.15g", jv_number_value(value));
	return 0;
}

static int take_one(struct spec *spec, const struct setting *setting, jv object,
		    struct error *err)
{
	auto_free char *text = NULL;

	if (read_quantity(&text, object, setting->key, err) < 0)
		return -1;
	return text ? setting_take(setting, &spec->plan, text, err) : 0;
}

static int take_flag(struct spec *spec, const struct setting *setting, jv object,
		     struct error *err)
{
	bool value = false;

	if (json_get_bool(&value, object, setting->key, err) < 0)
		return -1;
	return value ? setting_take(setting, &spec->plan, "1", err) : 0;
}

static int take_list(struct spec *spec, const struct setting *setting, jv list,
		     struct error *err)
{
	if (jv_get_kind(list) != JV_KIND_ARRAY)
		return error_set(err, ERROR_DATA, "it is no array of texts");
	for (size_t i = 0; i < json_length(list); i++) {
		auto_free char *text = NULL;

		if (json_element(&text, list, i, setting->key, err) < 0 ||
		    setting_take(setting, &spec->plan, text, err) < 0)
			return -1;
	}
	return 0;
}

/* {"NAME":"value"} */
static int take_pairs(struct spec *spec, const struct setting *setting, jv map,
		      struct error *err)
{
	auto_jv jv keys = json_keys(map);

	if (jv_get_kind(map) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "it is no object");
	for (size_t i = 0; i < json_length(keys); i++) {
		auto_free char *name = NULL;
		auto_free char *value = NULL;
		auto_free char *pair = NULL;

		if (json_element(&name, keys, i, setting->key, err) < 0 ||
		    json_get_string(&value, map, name, err) < 0)
			return -1;
		pair = str_format("%s=%s", name, value ? value : "");
		if (setting_take(setting, &spec->plan, pair, err) < 0)
			return -1;
	}
	return 0;
}

static int take(struct spec *spec, const struct setting *setting, jv object,
		struct error *err)
{
	auto_jv jv value = json_get(object, setting->key);

	switch (setting->kind) {
	case SETTING_LIST:
		return take_list(spec, setting, value, err);
	case SETTING_PAIRS:
		return take_pairs(spec, setting, value, err);
	case SETTING_FLAG:
		return take_flag(spec, setting, object, err);
	case SETTING_TEXT:
	case SETTING_NUMBER:
	default:
		return take_one(spec, setting, object, err);
	}
}

/* clang-format off */
static const struct reader readers[] = {
	{ "id", read_id },
	{ "exec", read_exec },
	{ "stdin", read_stdin },
	{ "payload", pass },
	{ "report", pass },
	{ "backend", refuse },
	{ "checkout", refuse },
	{ "pipeline", refuse },
	{ "tasks", refuse },
	{ NULL, NULL },
};
/* clang-format on */

static const struct reader *find_reader(const char *key)
{
	const struct reader *reader = readers;

	while (reader->key && strcmp(reader->key, key) != 0)
		reader++;
	return reader->key ? reader : NULL;
}

static int read_section(struct spec *spec, jv object, const char *key, struct error *err);

static int read_member(struct spec *spec, const char *section, const char *key, jv object,
		       struct error *err)
{
	const struct setting *setting = setting_find(section, key);
	const struct reader *reader = section ? NULL : find_reader(key);

	if (setting) {
		if (take(spec, setting, object, err) < 0)
			return error_wrap(err, "'%s'", key);
		return 0;
	}
	if (!section && setting_is_section(key))
		return read_section(spec, object, key, err);
	if (!reader)
		return error_set(err, ERROR_DATA, "unknown key '%.100s'", key);
	return reader->read(spec, object, key, err);
}

/* section: the object's own key; NULL: it is the specification. */
static int read_members(struct spec *spec, const char *section, jv object,
			struct error *err)
{
	auto_jv jv keys = json_keys(object);
	size_t i;

	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "it is no object");
	for (i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;

		if (json_element(&key, keys, i, "a key", err) < 0 ||
		    read_member(spec, section, key, object, err) < 0)
			return -1;
	}
	return 0;
}

static int read_section(struct spec *spec, jv object, const char *key, struct error *err)
{
	auto_jv jv members = json_get(object, key);

	if (read_members(spec, key, members, err) < 0)
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
	if (read_members(spec, NULL, value, err) < 0)
		return -1;
	if (!spec->plan.exec.count)
		return error_set(err, ERROR_DATA, "'exec' is missing");
	if (spec->plan.dir && spec->plan.dir[0] != '/')
		return error_set(err, ERROR_DATA, "'dir' is no absolute path");
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
