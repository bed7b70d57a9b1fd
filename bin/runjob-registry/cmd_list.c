#include "bin/runjob-registry/commands.h"

#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/pipeline_share.h"
#include "lib/str.h"

static void write_version(struct json_writer *writer, const char *key, uint64_t version)
{
	if (version)
		json_write_u64(writer, key, version);
	else
		json_write_null(writer, key);
}

/* What a list and the one look at it have in common. */
static void write_state(struct json_writer *writer, const struct pipeline_folder *folder,
			const struct pipeline_state *state)
{
	char share[PIPELINE_SHARE_LEN];

	pipeline_share_format(share, state->share);
	json_write_string(writer, "pipeline", folder->name);
	json_write_u64(writer, "newest", pipeline_newest(folder));
	write_version(writer, "current", state->version);
	write_version(writer, "canary", state->canary);
	json_write_string(writer, "share", state->canary ? share : NULL);
	json_write_bool(writer, "enabled", !state->is_disabled);
}

static void add_number(struct buf *out, uint64_t version)
{
	auto_free char *text =
		version ? str_format("%llu", (unsigned long long)version) : str_dup("-");

	buf_add_format(out, "%7s  ", text);
}

static void add_row(struct buf *out, const struct pipeline_folder *folder,
		    const struct pipeline_state *state)
{
	char share[PIPELINE_SHARE_LEN] = "-";

	if (state->canary)
		pipeline_share_format(share, state->share);
	buf_add_format(out, "%-32s  ", folder->name);
	add_number(out, pipeline_newest(folder));
	add_number(out, state->version);
	add_number(out, state->canary);
	buf_add_format(out, "%6s  %s\n", share, state->is_disabled ? "no" : "yes");
}

static int add_one(struct buf *out, const struct context *context,
		   const struct pipeline_store *store, const char *name,
		   struct error *err)
{
	auto_pipeline_folder struct pipeline_folder folder = PIPELINE_FOLDER_NONE;
	struct pipeline_state state = { 0 };
	struct json_writer writer = JSON_WRITER(out);

	if (pipeline_folder_open(&folder, store, name, err) < 0)
		/* It has just been removed, or its registration was cut off. */
		return err->kind == ERROR_ABSENT ? 0 : -1;
	if (pipeline_state_read(&state, &folder, err) < 0)
		return -1;
	if (context->is_table) {
		add_row(out, &folder, &state);
		return 0;
	}
	json_write_object(&writer, NULL);
	write_state(&writer, &folder, &state);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

int cmd_list(struct context *context, struct error *err)
{
	const struct options *options = &context->options;
	auto_pipeline_store struct pipeline_store store = PIPELINE_STORE_NONE;
	auto_pipeline_names struct pipeline_names names = PIPELINE_NAMES_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	uint64_t shown = 0;
	size_t before;

	if (pipeline_store_open(&store, &context->layout, PIPELINE_LOOK, err) < 0 ||
	    pipeline_names_read(&names, &store, err) < 0)
		return -1;
	if (context->is_table)
		buf_add_format(&out, "%-32s  %7s  %7s  %7s  %6s  %s\n", "NAME", "NEWEST",
			       "CURRENT", "CANARY", "SHARE", "ENABLED");
	for (size_t i = 0; i < names.count && shown < options->limit; i++) {
		if (options->after && strcmp(names.names[i], options->after) <= 0)
			continue;
		before = out.len;
		if (add_one(&out, context, &store, names.names[i], err) < 0)
			return -1;
		shown += out.len > before;
	}
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

/* The record of one version: all of it, or what was asked for with it. */
static int show_version(struct buf *out, const struct context *context,
			const struct registered *registered, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;

	if (record_read(&record, &registered->folder, registered->version, err) < 0)
		return -1;
	if (context->options.json) {
		buf_add(out, record.text.data, record.text.len);
		return 0;
	}
	buf_add(out, record.specification.data, record.specification.len);
	buf_add_char(out, '\n');
	return 0;
}

static const char *use_of(const struct pipeline_state *state, uint64_t version)
{
	if (version == state->version)
		return "current";
	return version == state->canary ? "canary" : "-";
}

static int add_version(struct buf *out, struct json_writer *writer,
		       const struct registered *registered, uint64_t version,
		       struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;

	if (record_read(&record, &registered->folder, version, err) < 0)
		return -1;
	if (!writer) {
		buf_add_format(out, "%7llu  %-7s  %s  %-24s  %s\n",
			       (unsigned long long)version,
			       use_of(&registered->state, version), record.sha256,
			       record.at, record.by);
		return 0;
	}
	json_write_object(writer, NULL);
	json_write_u64(writer, "version", version);
	json_write_string(writer, "sha256", record.sha256);
	json_write_string(writer, "registered_at", record.at);
	json_write_string(writer, "by", record.by);
	json_write_object_end(writer);
	return 0;
}

static int add_versions(struct buf *out, struct json_writer *writer,
			const struct context *context,
			const struct registered *registered, struct error *err)
{
	const struct pipeline_folder *folder = &registered->folder;
	uint64_t below = UINT64_MAX;
	uint64_t shown = 0;

	if (context->options.after &&
	    str_to_u64(&below, context->options.after, 1, UINT64_MAX, err) < 0) {
		err->kind = ERROR_USAGE;
		return error_wrap(err, "--after");
	}
	for (size_t i = folder->count; i > 0 && shown < context->options.limit; i--) {
		if (folder->versions[i - 1] >= below)
			continue;
		if (add_version(out, writer, registered, folder->versions[i - 1], err) <
		    0)
			return -1;
		shown++;
	}
	return 0;
}

static int show(struct buf *out, const struct context *context,
		const struct registered *registered, struct error *err)
{
	struct json_writer writer = JSON_WRITER(out);

	if (context->is_table) {
		buf_add_format(out, "%s%s\n%7s  %-7s  %-64s  %-24s  %s\n",
			       registered->folder.name,
			       registered->state.is_disabled ? " (disabled)" : "",
			       "VERSION", "USE", "SHA-256", "REGISTERED", "BY");
		return add_versions(out, NULL, context, registered, err);
	}
	json_write_object(&writer, NULL);
	write_state(&writer, &registered->folder, &registered->state);
	json_write_array(&writer, "versions");
	if (add_versions(out, &writer, context, registered, err) < 0)
		return -1;
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
	return 0;
}

int cmd_show(struct context *context, struct error *err)
{
	auto_registered struct registered registered = REGISTERED_NONE;
	auto_buf struct buf out = BUF_EMPTY;

	if (registered_open(&registered, context, PIPELINE_LOOK, true, err) < 0)
		return -1;
	if ((registered.version ? show_version(&out, context, &registered, err)
				: show(&out, context, &registered, err)) < 0)
		return -1;
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}
