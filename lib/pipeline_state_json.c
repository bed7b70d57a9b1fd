#include <stdio.h>
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/json_write.h"
#include "lib/pipeline_share.h"
#include "lib/pipeline_state.h"

static void write_deployment(struct json_writer *writer, const char *key,
			     const struct pipeline_deployment *deployment)
{
	char share[PIPELINE_SHARE_LEN];
	char at[DATE_LEN];

	json_write_object(writer, key);
	json_write_u64(writer, "number", deployment->number);
	date_format(at, deployment->at_ms);
	json_write_string(writer, "at", at);
	json_write_string(writer, "type", pipeline_type_name(deployment->type));
	if (deployment->version) {
		json_write_u64(writer, "version", deployment->version);
		pipeline_share_format(share, deployment->share);
		json_write_string(writer, "share", share);
	}
	json_write_string(writer, "by", deployment->by);
	json_write_object_end(writer);
}

void pipeline_deployment_dump(struct buf *out,
			      const struct pipeline_deployment *deployment)
{
	struct json_writer writer = JSON_WRITER(out);

	write_deployment(&writer, NULL, deployment);
}

static int read_share(uint32_t *share, jv object, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, object, "share", err) < 0)
		return -1;
	if (str_equal(text, "100%"))
		*share = PIPELINE_SHARE_ALL;
	else if (text && pipeline_share_parse(share, text, err) < 0)
		return -1;
	return 0;
}

static int read_type(enum pipeline_type *type, jv object, struct error *err)
{
	auto_free char *text = NULL;

	if (json_get_string(&text, object, "type", err) < 0)
		return -1;
	for (unsigned i = 0; i < PIPELINE_TYPES; i++) {
		if (str_equal(text, pipeline_type_name((enum pipeline_type)i))) {
			*type = (enum pipeline_type)i;
			return 0;
		}
	}
	return error_set(err, ERROR_DATA, "'type' is no type of a deployment");
}

static int read_deployment(struct pipeline_deployment *deployment, jv object,
			   struct error *err)
{
	auto_free char *at = NULL;
	auto_free char *by = NULL;

	if (json_get_u64(&deployment->number, object, "number", err) < 0 ||
	    json_get_u64(&deployment->version, object, "version", err) < 0 ||
	    read_type(&deployment->type, object, err) < 0 ||
	    read_share(&deployment->share, object, err) < 0 ||
	    json_get_string(&at, object, "at", err) < 0 ||
	    json_get_string(&by, object, "by", err) < 0)
		return -1;
	if (!deployment->number || !at || !date_parse(&deployment->at_ms, at))
		return error_set(err, ERROR_DATA, "'number' or 'at' is missing");
	snprintf(deployment->by, sizeof(deployment->by), "%s", by ? by : "");
	return 0;
}

static int parse_object(jv *object, struct str_view text, struct error *err)
{
	if (json_parse(object, text.data, text.len, err) < 0)
		return -1;
	if (jv_get_kind(*object) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "it is no object");
	return 0;
}

int pipeline_deployment_parse(struct pipeline_deployment *deployment,
			      struct str_view text, struct error *err)
{
	struct pipeline_deployment got = { 0 };
	auto_jv jv object = jv_invalid();

	if (parse_object(&object, text, err) == 0 &&
	    read_deployment(&got, object, err) == 0) {
		*deployment = got;
		return 0;
	}
	err->kind = ERROR_DATA;
	return -1;
}

void pipeline_state_dump(struct buf *out, const struct pipeline_state *state)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "version", state->version);
	json_write_u64(&writer, "since", state->since);
	json_write_u64(&writer, "canary", state->canary);
	json_write_u64(&writer, "canary_since", state->canary_since);
	json_write_u64(&writer, "share", state->share);
	json_write_bool(&writer, "disabled", state->is_disabled);
	json_write_array(&writer, "before");
	for (size_t i = 0; i < state->before_count; i++)
		json_write_u64(&writer, NULL, state->before[i]);
	json_write_array_end(&writer);
	write_deployment(&writer, "last", &state->last);
	json_write_object_end(&writer);
}

static int read_before(struct pipeline_state *state, jv object, struct error *err)
{
	auto_jv jv list = json_get(object, "before");
	size_t count = json_length(list);

	if (jv_get_kind(list) != JV_KIND_ARRAY || count > PIPELINE_BEFORE_MAX)
		return error_set(err, ERROR_DATA, "'before' is no list of versions");
	for (size_t i = 0; i < count; i++) {
		auto_jv jv number = jv_array_get(jv_copy(list), (int)i);
		double value = jv_get_kind(number) == JV_KIND_NUMBER
				       ? jv_number_value(number)
				       : 0;

		if (!(value >= 1 && value <= 9007199254740992.0))
			return error_set(err, ERROR_DATA,
					 "'before' is no list of versions");
		state->before[state->before_count++] = (uint64_t)value;
	}
	return 0;
}

static int read_state(struct pipeline_state *state, jv object, struct error *err)
{
	auto_jv jv last = json_get(object, "last");
	uint64_t share = 0;

	if (json_get_u64(&state->version, object, "version", err) < 0 ||
	    json_get_u64(&state->since, object, "since", err) < 0 ||
	    json_get_u64(&state->canary, object, "canary", err) < 0 ||
	    json_get_u64(&state->canary_since, object, "canary_since", err) < 0 ||
	    json_get_u64(&share, object, "share", err) < 0 ||
	    json_get_bool(&state->is_disabled, object, "disabled", err) < 0 ||
	    read_before(state, object, err) < 0)
		return -1;
	if (share >= PIPELINE_SHARE_ALL)
		return error_set(err, ERROR_DATA, "'share' is no share");
	state->share = (uint32_t)share;
	if (jv_get_kind(last) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "'last' is no deployment");
	if (read_deployment(&state->last, last, err) < 0)
		return error_wrap(err, "'last'");
	return 0;
}

int pipeline_state_parse(struct pipeline_state *state, struct str_view text,
			 struct error *err)
{
	struct pipeline_state got = { 0 };
	auto_jv jv object = jv_invalid();

	if (parse_object(&object, text, err) == 0 && read_state(&got, object, err) == 0) {
		*state = got;
		return 0;
	}
	err->kind = ERROR_DATA;
	return -1;
}
