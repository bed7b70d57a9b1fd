#include "bin/hookroute-plugin/print.h"

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/json_write.h"

static const char *state_of(const struct print_facts *facts)
{
	return facts->plugin->enabled ? store_state_word(facts->state) : "disabled";
}

void print_head(struct buf *out)
{
	buf_add_format(out, "%-32s  %-12s  %-8s  %-12s  %s\n", "NAME", "VERSION", "STATE",
		       "REPOSITORIES", "SHA256");
}

void print_row(struct buf *out, const struct print_facts *facts)
{
	const struct registry_plugin *plugin = facts->plugin;
	char version[VERSION_LEN];

	version_format(version, &plugin->version);
	buf_add_format(out, "%-32s  %-12s  %-8s  %12llu  %s\n", plugin->name, version,
		       state_of(facts), (unsigned long long)facts->repositories,
		       plugin->digest);
}

void print_members(struct json_writer *writer, const struct print_facts *facts)
{
	const struct registry_plugin *plugin = facts->plugin;
	char version[VERSION_LEN];
	char created[DATE_LEN];

	version_format(version, &plugin->version);
	date_format(created, plugin->created_ms);
	json_write_string(writer, "name", plugin->name);
	json_write_string(writer, "version", version);
	json_write_string(writer, "state", state_of(facts));
	json_write_bool(writer, "enabled", plugin->enabled);
	json_write_string(writer, "sha256", plugin->digest);
	json_write_u64(writer, "size", plugin->size);
	json_write_string(writer, "created_at", created);
}

void print_json(struct buf *out, const struct print_facts *facts)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	print_members(&writer, facts);
	json_write_u64(&writer, "repositories", facts->repositories);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}
