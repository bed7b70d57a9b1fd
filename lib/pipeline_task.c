#include "lib/pipeline_task.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/str.h"

/* What the pipeline says for all its tasks goes into a task that does not say it. */
static const char *const inherited[] = { "event_id", "repository", "hops",    "dir",
					 "user",     "umask",	   "sandbox", "limits" };

static jv inherit(jv task, jv whole, const char *key)
{
	auto_jv jv own = json_get(task, key);
	jv value;

	if (jv_is_valid(own))
		return task;
	value = json_get(whole, key);
	if (!jv_is_valid(value)) {
		jv_free(value);
		return task;
	}
	return jv_object_set(task, jv_string(key), value);
}

/* In whose name its secrets are read: the pipeline's, and whom the pipeline names besides. */
static jv readers_of(jv whole, const char *name)
{
	auto_free char *self = str_format("pipeline/%s", name);
	auto_jv jv more = json_get(whole, "for");
	jv readers = jv_array_append(jv_array(), jv_string(self));

	return jv_get_kind(more) == JV_KIND_ARRAY
		       ? jv_array_concat(readers, jv_copy(more))
		       : readers;
}

static jv add_parameters(jv environment, jv whole)
{
	auto_jv jv parameters = json_get(whole, "parameters");
	auto_jv jv names = json_keys(parameters);
	struct error ignored = { 0 };

	for (size_t i = 0; i < json_length(names); i++) {
		auto_free char *name = NULL;
		auto_free char *variable = NULL;

		if (json_element(&name, names, i, "parameters", &ignored) < 0)
			continue;
		variable = str_format("PARAM_%s", name);
		environment = jv_object_set(environment, jv_string(variable),
					    json_get(parameters, name));
	}
	return environment;
}

/* The pipeline's, its parameters, and the task's own, the last of a name counting.  What is no
 * object stays what it is, for whoever checks the job. */
static jv environment_of(jv object, jv whole)
{
	auto_jv jv own = json_get(object, "env");
	jv environment = json_get(whole, "env");

	if (!jv_is_valid(environment)) {
		jv_free(environment);
		environment = jv_object();
	}
	if (jv_get_kind(environment) != JV_KIND_OBJECT)
		return environment;
	environment = add_parameters(environment, whole);
	if (!jv_is_valid(own))
		return environment;
	if (jv_get_kind(own) == JV_KIND_OBJECT)
		return jv_object_merge(environment, jv_copy(own));
	jv_free(environment);
	return jv_copy(own);
}

char *pipeline_task_spec(jv object, jv whole, const char *pipeline, const char *task)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *full = str_format("%s/%s", pipeline, task);
	jv spec = jv_copy(object);

	spec = jv_object_delete(jv_object_delete(spec, jv_string("id")),
				jv_string("needs"));
	spec = jv_object_delete(spec, jv_string("run"));
	for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++)
		spec = inherit(spec, whole, inherited[i]);
	spec = jv_object_set(spec, jv_string("env"), environment_of(object, whole));
	spec = jv_object_set(spec, jv_string("name"), jv_string(full));
	spec = jv_object_set(spec, jv_string("for"), readers_of(whole, pipeline));
	json_dump(&text, spec);
	jv_free(spec);
	return buf_take(&text);
}

static int check_parameter(jv parameters, const char *name, struct error *err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	auto_jv jv value = json_get(parameters, name);

	if (!*name || strspn(name, letters) != strlen(name))
		return error_set(err, ERROR_DATA,
				 "parameter '%.40s' wants a name of letters, digits and "
				 "'_'",
				 name);
	if (jv_get_kind(value) == JV_KIND_NULL)
		return error_set(err, ERROR_DATA, "parameter '%.40s' wants a value",
				 name);
	if (jv_get_kind(value) != JV_KIND_STRING)
		return error_set(err, ERROR_DATA, "parameter '%.40s' is no text", name);
	return 0;
}

int pipeline_check_parameters(jv whole, struct error *err)
{
	auto_jv jv parameters = json_get(whole, "parameters");
	auto_jv jv names = json_keys(parameters);

	if (!jv_is_valid(parameters))
		return 0;
	if (jv_get_kind(parameters) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "'parameters' is no object");
	for (size_t i = 0; i < json_length(names); i++) {
		auto_free char *name = NULL;

		if (json_element(&name, names, i, "parameters", err) < 0 ||
		    check_parameter(parameters, name, err) < 0)
			return -1;
	}
	return 0;
}
