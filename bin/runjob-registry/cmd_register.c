#include "bin/runjob-registry/commands.h"

#include <unistd.h>

#include "bin/runjob-registry/registered.h"
#include "bin/runjob-registry/specification.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/process.h"

static void write_record(struct buf *out, const struct specification *specification,
			 uint64_t version)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_free char *by = whoami();
	char at[DATE_LEN];

	date_format(at, date_now_ms());
	json_write_object(&writer, NULL);
	json_write_string(&writer, "pipeline", specification->name);
	json_write_u64(&writer, "version", version);
	json_write_string(&writer, "sha256", specification->sha256);
	json_write_string(&writer, "registered_at", at);
	json_write_string(&writer, "by", by);
	json_write_raw(&writer, "specification", specification->text.data,
		       specification->text.len);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* The newest of the versions that are just this, or 0. */
static int find_same(uint64_t *version, const struct pipeline_folder *folder,
		     const char *sha256, struct error *err)
{
	*version = 0;
	for (size_t i = folder->count; i > 0 && !*version; i--) {
		auto_record struct record record = RECORD_EMPTY;

		if (record_read(&record, folder, folder->versions[i - 1], err) < 0)
			return -1;
		if (str_equal(record.sha256, sha256))
			*version = folder->versions[i - 1];
	}
	return 0;
}

static int say(const struct context *context, const struct specification *specification,
	       uint64_t version, bool is_new, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	if (context->options.json) {
		json_write_object(&writer, NULL);
		json_write_string(&writer, "pipeline", specification->name);
		json_write_u64(&writer, "version", version);
		json_write_string(&writer, "sha256", specification->sha256);
		json_write_bool(&writer, "changed", is_new);
		json_write_object_end(&writer);
		buf_add_char(&out, '\n');
	} else {
		buf_add_format(&out, "%s%s@%llu %s\n",
			       is_new ? "" : "nothing changed: ", specification->name,
			       (unsigned long long)version, specification->sha256);
	}
	return file_write(STDOUT_FILENO, buf_str(&out), out.len, "standard output", err);
}

int cmd_register(struct context *context, struct error *err)
{
	auto_specification struct specification specification = SPECIFICATION_EMPTY;
	auto_pipeline_store struct pipeline_store store = PIPELINE_STORE_NONE;
	auto_pipeline_folder struct pipeline_folder folder = PIPELINE_FOLDER_NONE;
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t same = 0;
	uint64_t version;

	if (specification_read(&specification,
			       context->operand_count ? context->operands[0] : NULL,
			       &context->layout, err) < 0 ||
	    pipeline_store_open(&store, &context->layout, PIPELINE_CHANGE, err) < 0 ||
	    pipeline_folder_make(&folder, &store, specification.name, err) < 0 ||
	    find_same(&same, &folder, specification.sha256, err) < 0)
		return -1;
	version = same ? same : pipeline_newest(&folder) + 1;
	write_record(&text, &specification, version);
	if (!same && pipeline_version_add(&folder, &text, err) < 0)
		return -1;
	return say(context, &specification, version, !same, err);
}

int cmd_diff(struct context *context, struct error *err)
{
	auto_specification struct specification specification = SPECIFICATION_EMPTY;
	auto_pipeline_store struct pipeline_store store = PIPELINE_STORE_NONE;
	auto_pipeline_folder struct pipeline_folder folder = PIPELINE_FOLDER_NONE;
	auto_record struct record record = RECORD_EMPTY;
	auto_free char *program = path_join(context->layout.libexec, "runjob-diff");
	const char *argv[] = { program, context->options.json ? "--json" : NULL, NULL };
	auto_buf struct buf text = BUF_EMPTY;

	if (specification_read(&specification,
			       context->operand_count ? context->operands[0] : NULL,
			       &context->layout, err) < 0 ||
	    pipeline_store_open(&store, &context->layout, PIPELINE_LOOK, err) < 0)
		return -1;
	if (pipeline_folder_open(&folder, &store, specification.name, err) < 0 ||
	    record_read(&record, &folder, pipeline_newest(&folder), err) < 0)
		return -1;
	buf_add_format(&text, "{\"a\":%.*s,\"b\":%s}", (int)record.specification.len,
		       record.specification.data, buf_str(&specification.text));
	return process_become(argv, (struct str_view){ text.data, text.len }, err);
}
