#include "bin/hookrecv/form.h"

#include "lib/buf.h"
#include "lib/hex.h"

static const char key[] = "payload=";

enum { AT_NAME, SKIP, VALUE, PERCENT, PERCENT_DIGIT };

static void in_name(struct form *form, char c)
{
	if (c == '&') {
		form->matched = 0;
	} else if (c != key[form->matched]) {
		form->state = SKIP;
	} else if (!key[++form->matched]) {
		form->state = form->found ? SKIP : VALUE;
		form->found = true;
	}
}

static void in_skip(struct form *form, char c)
{
	if (c != '&')
		return;
	form->matched = 0;
	form->state = AT_NAME;
}

static void in_value(struct form *form, struct buf *value, char c)
{
	if (c == '&')
		in_skip(form, c);
	else if (c == '%')
		form->state = PERCENT;
	else
		buf_add_char(value, c == '+' ? ' ' : c);
}

static bool in_percent(struct form *form, struct buf *value, char c)
{
	char digits[2] = { (char)form->high, c };
	uint8_t byte = 0;

	if (form->state == PERCENT) {
		form->high = (unsigned char)c;
		form->state = PERCENT_DIGIT;
		return true;
	}
	if (!hex_decode(&byte, 1, digits, 2))
		return false;
	buf_add_char(value, (char)byte);
	form->state = VALUE;
	return true;
}

bool form_feed(struct form *form, struct buf *value, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (form->state == AT_NAME)
			in_name(form, bytes[i]);
		else if (form->state == SKIP)
			in_skip(form, bytes[i]);
		else if (form->state == VALUE)
			in_value(form, value, bytes[i]);
		else if (!in_percent(form, value, bytes[i]))
			return false;
	}
	return true;
}

bool form_finish(const struct form *form)
{
	return form->found && form->state != PERCENT && form->state != PERCENT_DIGIT;
}
