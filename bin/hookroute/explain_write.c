#include "bin/hookroute/explain_write.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/json_scan.h"
#include "lib/json_write.h"

enum { CLAUSE_SHOWN = 100, VALUE_SHOWN = 300 };

/* On one line, and not too long. */
static char *shown(struct str_view text, size_t max)
{
	auto_buf struct buf out = BUF_EMPTY;
	size_t i;

	for (i = 0; i < text.len && out.len < max; i++) {
		bool blank = strchr(" \t\r\n", text.data[i]) != NULL;

		if (!blank)
			buf_add_char(&out, text.data[i]);
		else if (out.len && out.data[out.len - 1] != ' ')
			buf_add_char(&out, ' ');
	}
	while (out.len && i < text.len && ((unsigned char)out.data[out.len - 1] & 0x80))
		buf_cut(&out, out.len - 1);
	if (i < text.len)
		buf_add_str(&out, "...");
	return buf_take(&out);
}

static void write_values(struct buf *out, jv values)
{
	auto_jv jv keys = json_keys(values);
	size_t count = json_length(values);
	size_t i;

	for (i = 0; i < count; i++) {
		auto_jv jv key = jv_array_get(jv_copy(keys), (int)i);
		auto_jv jv value = json_get(values, jv_string_value(key));
		auto_buf struct buf text = BUF_EMPTY;
		auto_free char *cut = NULL;

		json_dump(&text, value);
		cut = shown((struct str_view){ text.data, text.len }, VALUE_SHOWN);
		buf_add_format(out, "%s %s is %s", i ? "," : ":", jv_string_value(key),
			       cut);
	}
}

/* Gives how many said no. */
static size_t write_clauses(struct buf *out, const struct explain_result *result,
			    size_t route, jv answers)
{
	const struct clauses *clauses = &result->explain->routes[route].clauses;
	size_t said = 0;
	size_t i;

	for (i = 0; i < clauses->count; i++) {
		const struct clause *clause = &clauses->list[i];
		auto_free char *text = shown(clause->text, CLAUSE_SHOWN);
		auto_free char *error = NULL;
		auto_jv jv values = jv_invalid();

		if (!explain_says_no(&error, &values, answers, i))
			continue;
		said++;
		buf_add_format(out, "%s:%u: %s %s", result->explain->routes[route].name,
			       clause->line, text, error ? "raised an error" : "said no");
		if (error)
			buf_add_format(out, ": %s", error);
		else
			write_values(out, values);
		buf_add_char(out, '\n');
	}
	return said;
}

static size_t write_deliveries(struct buf *out, const struct explain_result *result,
			       const char *route, bool errors)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < result->deliveries->count; i++) {
		const struct delivery *delivery = &result->deliveries->list[i];

		if (!str_equal(delivery->route, route))
			continue;
		if (!delivery->problem)
			buf_add_format(out, "%s: delivers to %s\n", route, delivery->to);
		else if (errors)
			buf_add_format(out, "%s: failed: %s\n", route, delivery->problem);
		count++;
	}
	return count;
}

static void write_route(struct buf *out, const struct explain_result *result,
			size_t route)
{
	auto_jv jv answers = jv_array_get(jv_copy(result->answers), (int)route);
	const char *name = result->explain->routes[route].name;
	size_t said = write_clauses(out, result, route, answers);

	if (!write_deliveries(out, result, name, said == 0) && !said)
		buf_add_format(out, "%s: said no\n", name);
}

static struct str_view member_of(struct str_view line, const char *key)
{
	struct str_view value = { "null", 4 };

	(void)json_scan_member(&value, line, key);
	return value;
}

static void write_left(struct buf *out, struct str_view deliveries, const char *what)
{
	struct str_view delivery = { NULL, 0 };

	while (json_scan_element(&delivery, &deliveries)) {
		struct str_view route = member_of(delivery, "route");
		struct str_view to = member_of(delivery, "to");
		struct str_view tries = member_of(delivery, "tries");
		struct str_view error = member_of(delivery, "error");

		buf_add_format(out, "  %s: %.*s to %.*s, tries: %.*s, error: %.*s\n",
			       what, (int)route.len, route.data, (int)to.len, to.data,
			       (int)tries.len, tries.data, (int)error.len, error.data);
	}
}

static void write_place(struct buf *out, struct str_view place)
{
	struct str_view folder = member_of(place, "folder");
	struct str_view file = member_of(place, "file");
	struct str_view due = member_of(place, "due_at");

	buf_add_format(out, "  in %.*s/%.*s", (int)folder.len - 2, folder.data + 1,
		       (int)file.len - 2, file.data + 1);
	if (due.len > 2 && *due.data == '"')
		buf_add_format(out, ", due at %.*s", (int)due.len - 2, due.data + 1);
	buf_add_char(out, '\n');
	write_left(out, member_of(place, "left"), "waits");
	write_left(out, member_of(place, "why"), "given up");
}

void explain_write_text(struct buf *out, const struct explain_result *result)
{
	static const char *const keys[] = { "id", "provider", "event", "name" };
	const char *rest = *result->places ? result->places : NULL;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str_view value = member_of(result->line, keys[i]);
		bool quoted = value.len > 1 && *value.data == '"';

		buf_add_format(out, "%s%.*s", i ? " " : "event ",
			       (int)value.len - (quoted ? 2 : 0), value.data + quoted);
	}
	buf_add_char(out, '\n');
	while (rest)
		write_place(out, str_split(&rest, '\n'));
	for (i = 0; i < result->explain->count; i++)
		write_route(out, result, i);
}

static void json_clauses(struct json_writer *writer, const struct clauses *clauses,
			 jv answers)
{
	size_t i;

	json_write_array(writer, "no");
	for (i = 0; i < clauses->count; i++) {
		const struct clause *clause = &clauses->list[i];
		auto_free char *error = NULL;
		auto_jv jv values = jv_invalid();
		auto_buf struct buf text = BUF_EMPTY;

		if (!explain_says_no(&error, &values, answers, i))
			continue;
		json_dump(&text, values);
		json_write_object(writer, NULL);
		json_write_u64(writer, "line", clause->line);
		json_write_bytes(writer, "clause", clause->text.data, clause->text.len);
		json_write_raw(writer, "values", text.data, text.len);
		json_write_string(writer, "error", error);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void json_deliveries(struct json_writer *writer,
			    const struct explain_result *result, const char *route)
{
	size_t i;

	json_write_array(writer, "deliveries");
	for (i = 0; i < result->deliveries->count; i++) {
		const struct delivery *delivery = &result->deliveries->list[i];

		if (!str_equal(delivery->route, route))
			continue;
		json_write_object(writer, NULL);
		json_write_u64(writer, "n", delivery->n);
		json_write_string(writer, "to", delivery->problem ? NULL : delivery->to);
		json_write_string(writer, "error", delivery->problem);
		json_write_object_end(writer);
	}
	json_write_array_end(writer);
}

static void json_head(struct json_writer *writer, const struct explain_result *result)
{
	static const char *const keys[] = { "provider", "event", "name" };
	const char *rest = *result->places ? result->places : NULL;
	struct str_view id = member_of(result->line, "id");
	size_t i;

	json_write_raw(writer, "event_id", id.data, id.len);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str_view value = member_of(result->line, keys[i]);

		json_write_raw(writer, keys[i], value.data, value.len);
	}
	json_write_array(writer, "found");
	while (rest) {
		struct str_view place = str_split(&rest, '\n');

		json_write_raw(writer, NULL, place.data, place.len);
	}
	json_write_array_end(writer);
}

void explain_write_json(struct buf *out, const struct explain_result *result)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_head(&writer, result);
	json_write_array(&writer, "routes");
	for (i = 0; i < result->explain->count; i++) {
		const struct explain_route *route = &result->explain->routes[i];
		auto_jv jv answers = jv_array_get(jv_copy(result->answers), (int)i);

		json_write_object(&writer, NULL);
		json_write_string(&writer, "route", route->name);
		json_deliveries(&writer, result, route->name);
		json_clauses(&writer, &route->clauses, answers);
		json_write_object_end(&writer);
	}
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}
