#include "bin/runjob-consume/registered.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/runjob-consume/spec.h"
#include "bin/runjob-consume/spec_pipeline.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/job_status.h"
#include "lib/json.h"
#include "lib/json_scan.h"
#include "lib/layout.h"
#include "lib/pipeline_log.h"
#include "lib/pipeline_runs.h"
#include "lib/pipeline_store.h"

enum { TEXT_LIMIT = 64 * 1024 * 1024 };

/* The run that is asked for. */
struct asked {
	jv line;
	struct layout layout; /* of its owner */
	char owner[JOB_OWNER_LEN];
	char id[UUID_LEN];
	bool is_new_id;
	struct pipeline_name name;
	struct pipeline_choice choice;
};

bool registered_is_meant(struct str_view line)
{
	struct str_view tasks = { NULL, 0 };

	return !json_scan_member(&tasks, line, "tasks");
}

/* What is not a run's own is its pipeline's. */
static int check_keys(jv line, struct error *err)
{
	static const char known[] =
		" pipeline parameters id event_id repository hops report timeout owner ";
	auto_jv jv keys = json_keys(line);

	for (size_t i = 0; i < json_length(keys); i++) {
		auto_free char *key = NULL;
		auto_free char *word = NULL;

		if (json_element(&key, keys, i, "a key", err) < 0)
			return -1;
		word = str_format(" %s ", key);
		if (!strstr(known, word))
			return error_set(err, ERROR_DATA,
					 "'%.40s' is no key of a run of a registered "
					 "pipeline",
					 key);
	}
	return 0;
}

static int read_names(struct asked *asked, struct error *err)
{
	auto_free char *name = NULL;
	auto_free char *owner = NULL;

	if (json_get_string(&name, asked->line, "pipeline", err) < 0 ||
	    json_get_string(&owner, asked->line, "owner", err) < 0)
		return -1;
	if (!name)
		return error_set(err, ERROR_DATA, "'pipeline' is missing");
	if (owner && !job_owner_parse(asked->owner, owner))
		return error_set(err, ERROR_DATA,
				 "'owner': '%.100s' is no SHA-256 fingerprint", owner);
	if (owner)
		asked->layout.owner = asked->owner;
	return pipeline_name_parse(&asked->name, name, err);
}

static int read_id(struct asked *asked, struct error *err)
{
	struct uuid_source source = { 0 };
	auto_free char *id = NULL;

	if (json_get_string(&id, asked->line, "id", err) < 0)
		return -1;
	asked->is_new_id = !id;
	if (id && !uuid_is_valid(id))
		return error_set(err, ERROR_DATA, "'id' is no UUID");
	if (id)
		snprintf(asked->id, sizeof(asked->id), "%s", id);
	else
		uuid_next(asked->id, &source, date_now_ms());
	return 0;
}

/* A run of this id that has begun is not run again, whatever became of its pipeline: it is what
 * it was. */
static int find_begun(struct buf *text, bool *found, const struct asked *asked,
		      struct error *err)
{
	auto_job struct job job = JOB_NONE;
	struct job_status status = { 0 };

	*found = false;
	if (asked->is_new_id)
		return 0;
	if (job_open(&job, found, &asked->layout, asked->id, err) < 0)
		return -1;
	if (*found && job_status_read(&status, found, &job, err) < 0)
		return -1;
	*found = *found && status.state != JOB_QUEUED;
	if (!*found)
		return 0;
	return file_read_if(text, found, job.fd, "stdin", TEXT_LIMIT, err);
}

static int refuse_disabled(const struct pipeline_state *state, const char *name,
			   struct error *err)
{
	char at[DATE_LEN];

	if (!state->is_disabled)
		return 0;
	date_format(at, state->last.at_ms);
	if (state->last.type == PIPELINE_DISABLE)
		return error_set(err, ERROR_DATA,
				 "pipeline '%s' is disabled, since %s by %s; see runjob "
				 "pipeline enable",
				 name, at, state->last.by);
	return error_set(err, ERROR_DATA,
			 "pipeline '%s' is disabled; see runjob pipeline enable", name);
}

static int check_version(const struct pipeline_folder *folder, uint64_t version,
			 struct error *err)
{
	for (size_t i = 0; i < folder->count; i++) {
		if (folder->versions[i] == version)
			return 0;
	}
	return error_set(err, ERROR_ABSENT,
			 "pipeline '%s' has no version %llu; the newest is %llu",
			 folder->name, (unsigned long long)version,
			 (unsigned long long)pipeline_newest(folder));
}

/* What was written down of the run before stands. */
static int choose(struct asked *asked, const struct pipeline_folder *folder,
		  struct error *err)
{
	struct pipeline_state state = { 0 };
	bool found = false;

	if (pipeline_run_find(&asked->choice, &found, folder, asked->id, err) < 0)
		return -1;
	if (found)
		return 0;
	if (pipeline_state_read(&state, folder, err) < 0 ||
	    refuse_disabled(&state, folder->name, err) < 0)
		return -1;
	if (pipeline_state_choose(&asked->choice, &state, asked->name.version, asked->id,
				  err) < 0)
		return error_wrap(err, "pipeline '%s'", folder->name);
	return check_version(folder, asked->choice.version, err);
}

/* A parameter that the pipeline does not know is a slip, and no parameter. */
static int set_parameters(jv *whole, const struct asked *asked, struct error *err)
{
	auto_jv jv given = json_get(asked->line, "parameters");
	auto_jv jv names = json_keys(given);
	jv parameters = json_get(*whole, "parameters");

	if (jv_get_kind(parameters) != JV_KIND_OBJECT) {
		jv_free(parameters);
		parameters = jv_object();
	}
	for (size_t i = 0; i < json_length(names); i++) {
		jv name = jv_array_get(jv_copy(names), (int)i);

		if (!jv_object_has(jv_copy(parameters), jv_copy(name))) {
			(void)error_set(err, ERROR_DATA,
					"'%.40s' is no parameter of pipeline '%s', "
					"version %llu",
					jv_string_value(name), asked->name.name,
					(unsigned long long)asked->choice.version);
			jv_free(name);
			jv_free(parameters);
			return -1;
		}
		parameters = jv_object_set(parameters, name,
					   json_get(given, jv_string_value(name)));
	}
	*whole = jv_object_set(*whole, jv_string("parameters"), parameters);
	return 0;
}

static jv set_members(jv whole, const struct asked *asked)
{
	static const char *const own[] = { "event_id", "repository", "hops",
					   "report",   "timeout",    "owner" };
	auto_free char *version = str_format("%s@%llu", asked->name.name,
					     (unsigned long long)asked->choice.version);

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		jv value = json_get(asked->line, own[i]);

		if (jv_is_valid(value))
			whole = jv_object_set(whole, jv_string(own[i]), value);
		else
			jv_free(value);
	}
	whole = jv_object_set(whole, jv_string("id"), jv_string(asked->id));
	whole = jv_object_set(whole, jv_string("version"), jv_string(version));
	return jv_object_set(whole, jv_string("chosen"),
			     jv_string(pipeline_why_name(asked->choice.why)));
}

/* The specification of the version, and what is the run's own. */
static int compose(struct buf *text, const struct asked *asked,
		   const struct pipeline_folder *folder, struct error *err)
{
	auto_buf struct buf record = BUF_EMPTY;
	auto_jv jv object = jv_invalid();
	auto_jv jv whole = jv_invalid();

	if (pipeline_version_read(&record, folder, asked->choice.version, err) < 0 ||
	    json_parse(&object, record.data, record.len, err) < 0)
		return -1;
	whole = json_get(object, "specification");
	if (jv_get_kind(whole) != JV_KIND_OBJECT)
		return error_set(err, ERROR_DATA, "version %llu of '%s' is damaged",
				 (unsigned long long)asked->choice.version, folder->name);
	if (set_parameters(&whole, asked, err) < 0)
		return -1;
	whole = set_members(whole, asked);
	json_dump(text, whole);
	return 0;
}

static int parse_text(struct spec *spec, struct buf *text, const struct layout *layout,
		      struct error *err)
{
	if (spec_pipeline_parse(spec, (struct str_view){ buf_str(text), text->len },
				layout, err) < 0)
		return -1;
	/* The payload is a view of it. */
	spec->input = buf_take(text);
	return 0;
}

/* A run that is refused is none, so the choice is written down last; another one that was
 * written down meanwhile, for the same id, counts. */
static int take(struct spec *spec, struct asked *asked,
		const struct pipeline_folder *folder, struct error *err)
{
	struct pipeline_choice chosen;

	do {
		auto_buf struct buf text = BUF_EMPTY;

		spec_free(spec);
		if (choose(asked, folder, err) < 0 ||
		    compose(&text, asked, folder, err) < 0 ||
		    parse_text(spec, &text, &asked->layout, err) < 0)
			return -1;
		chosen = asked->choice;
		if (pipeline_run_note(&asked->choice, folder, asked->id, err) < 0)
			return -1;
	} while (chosen.version != asked->choice.version ||
		 chosen.why != asked->choice.why);
	return 0;
}

static int parse(struct spec *spec, struct asked *asked, struct error *err)
{
	auto_pipeline_store struct pipeline_store store = PIPELINE_STORE_NONE;
	auto_pipeline_folder struct pipeline_folder folder = PIPELINE_FOLDER_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	bool found = false;

	if (check_keys(asked->line, err) < 0 || read_names(asked, err) < 0 ||
	    read_id(asked, err) < 0 || find_begun(&text, &found, asked, err) < 0)
		return -1;
	/* It may have been another kind of job. */
	if (found && parse_text(spec, &text, &asked->layout, &ignored) == 0)
		return 0;
	if (pipeline_store_open(&store, &asked->layout, PIPELINE_START, err) < 0 ||
	    pipeline_folder_open(&folder, &store, asked->name.name, err) < 0)
		return -1;
	return take(spec, asked, &folder, err);
}

int registered_parse(struct spec *spec, struct str_view line, const struct layout *layout,
		     struct error *err)
{
	struct asked asked = { .line = jv_invalid(), .layout = *layout };
	int status = -1;

	if (json_parse(&asked.line, line.data, line.len, err) == 0)
		status = parse(spec, &asked, err);
	json_free(&asked.line);
	return status;
}
