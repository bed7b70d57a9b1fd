#include "bin/runjob-serve/halt.h"

#include <signal.h>
#include <string.h>

#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/json_scan.h"

static int take_signal(struct halt *halt, const char *text, struct error *err)
{
	const char *name = str_starts(text, "SIG") ? text + 3 : text;

	for (int i = 1; i < NSIG; i++) {
		if (str_equal(sigabbrev_np(i), name)) {
			halt->signal = i;
			return 0;
		}
	}
	return error_set(err, ERROR_DATA, "'signal' wants the name of one, as \"TERM\"");
}

static int take_grace(struct halt *halt, const char *text, struct error *err)
{
	if (str_to_duration(&halt->grace_ms, text, err) < 0)
		return error_set(err, ERROR_DATA, "'grace' wants a time, as \"10s\"");
	halt->has_grace = true;
	return 0;
}

static int take_member(struct halt *halt, const char *name, struct str_view raw,
		       struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool is_text = json_object_text(&text, raw);

	/* A number is its own text; what is neither is no time and no signal. */
	if (!is_text)
		buf_add(&text, raw.data, raw.len);
	if (strlen(buf_str(&text)) != text.len)
		buf_clear(&text);
	if (str_equal(name, "signal"))
		return take_signal(halt, is_text ? buf_str(&text) : "", err);
	if (str_equal(name, "grace"))
		return take_grace(halt, buf_str(&text), err);
	return error_set(err, ERROR_DATA,
			 "there are 'signal' and 'grace', and no others");
}

static int take_members(struct halt *halt, struct str_view rest, struct error *err)
{
	struct str_view key = { NULL, 0 };
	struct str_view value = { NULL, 0 };

	while (json_scan_next(&key, &value, &rest)) {
		const struct str_view quoted = { key.data - 1, key.len + 2 };

		buf_clear(&halt->field);
		if (!json_object_text(&halt->field, quoted))
			return error_set(err, ERROR_DATA, "it has a member without name");
		if (take_member(halt, buf_str(&halt->field), value, err) < 0)
			return -1;
	}
	buf_clear(&halt->field);
	return 0;
}

int halt_parse(struct halt *halt, struct str_view body, struct error *err)
{
	const char *problem = NULL;

	if (!body.len)
		return 0;
	if (!json_object_is_sound(body, &problem))
		return error_set(err, ERROR_DATA, "the body is no object: %s", problem);
	return take_members(halt, body, err);
}

void halt_free(struct halt *halt)
{
	buf_free(&halt->field);
}
