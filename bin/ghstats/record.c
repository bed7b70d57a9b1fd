#include "bin/ghstats/record.h"

#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"

enum { TEXT_MAX = 1024 };

/* Clocks that were never set say 1970 or the year 1. */
#define TIME_MIN_MS INT64_C(946684800000)  /* 2000 */
#define TIME_MAX_MS INT64_C(4102444800000) /* 2100 */

void record_set(struct record_value *value, int64_t number)
{
	*value = (struct record_value){ .is_set = true, .number = number };
}

bool record_text_is(const struct record_value *value, const char *text)
{
	return value->is_text && str_view_equal(value->text, text);
}

int recorder_open(struct recorder *recorder, struct db *db, const struct record *record,
		  struct error *err)
{
	auto_buf struct buf sql = BUF_EMPTY;

	recorder->record = record;
	buf_add_str(&sql, "SELECT ");
	for (size_t i = 0; i < record->field_count; i++)
		buf_add_format(&sql, "%s, ", record->fields[i].sql);
	buf_add_str(&sql, "?1, ?2, ?3");
	if (db_prepare(&recorder->extract, db, buf_str(&sql), err) < 0)
		return -1;
	for (size_t i = 0; i < record->step_count; i++) {
		if (db_prepare(&recorder->steps[i], db, record->steps[i].sql, err) < 0)
			return -1;
	}
	return 0;
}

void recorder_close(struct recorder *recorder)
{
	db_finish(&recorder->extract);
	for (size_t i = 0; i < RECORD_STEPS; i++)
		db_finish(&recorder->steps[i]);
}

/* A long title loses its end, between two characters. */
static struct str_view shorten(struct str_view text)
{
	if (text.len <= TEXT_MAX)
		return text;
	text.len = TEXT_MAX;
	while (text.len > 0 && ((unsigned char)text.data[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

static struct record_value read_value(const struct db_statement *statement, int column,
				      enum record_kind kind)
{
	struct record_value value = { 0 };

	if (db_is_null(statement, column))
		return value;
	switch (kind) {
	case RECORD_NUMBER:
		record_set(&value, db_int(statement, column));
		break;
	case RECORD_TIME:
		value.is_set = date_parse(&value.number, db_text(statement, column)) &&
			       value.number > TIME_MIN_MS && value.number < TIME_MAX_MS;
		break;
	case RECORD_TEXT:
	default:
		value.text = shorten(db_view(statement, column));
		value.is_text = value.is_set = value.text.len > 0;
	}
	return value;
}

static void bind_view(struct db_statement *statement, int index, struct str_view view)
{
	if (view.data)
		db_bind_view(statement, index, view);
	else
		db_bind_null(statement, index);
}

int recorder_read(struct recorder *recorder, const struct record_source *source,
		  struct error *err)
{
	const struct record *record = recorder->record;
	struct db_statement *extract = &recorder->extract;
	bool row = false;

	db_reset(extract);
	bind_view(extract, 1, source->object);
	bind_view(extract, 2, source->repository);
	bind_view(extract, 3, source->workflow);
	if (db_step(&row, extract, err) < 0)
		return -1;
	for (size_t i = 0; i < RECORD_VALUES; i++)
		recorder->values[i] = (struct record_value){ 0 };
	for (size_t i = 0; row && i < record->field_count; i++)
		recorder->values[i] = read_value(extract, (int)i, record->fields[i].kind);
	return record->complete(recorder->values, err);
}

static void bind_value(struct db_statement *statement, int index,
		       const struct record_value *value)
{
	if (!value->is_set)
		db_bind_null(statement, index);
	else if (value->is_text)
		db_bind_view(statement, index, value->text);
	else
		db_bind_int(statement, index, value->number);
}

int recorder_store(struct recorder *recorder, struct error *err)
{
	for (size_t i = 0; i < recorder->record->step_count; i++) {
		const struct record_step *step = &recorder->record->steps[i];
		struct db_statement *statement = &recorder->steps[i];

		if (step->guard != RECORD_NONE && !recorder->values[step->guard].is_set)
			continue;
		for (size_t p = 0; p < step->parameter_count; p++)
			bind_value(statement, (int)p + 1,
				   &recorder->values[step->parameters[p]]);
		if (db_run(statement, err) < 0)
			return -1;
	}
	return 0;
}
