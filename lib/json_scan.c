#include "lib/json_scan.h"

#include <string.h>

enum state {
	/* Between tokens: white space may stand here. */
	VALUE,	      /* a value must come */
	VALUE_OR_END, /* behind '[' */
	KEY,	      /* behind a ',' in an object */
	KEY_OR_END,   /* behind '{' */
	COLON,
	AFTER, /* behind a value */
	/* In a token. */
	STRING,
	ESCAPE,
	UNICODE,
	UTF8,
	LITERAL,
	MINUS,
	ZERO,
	DIGITS,
	DOT,
	FRACTION,
	EXPONENT,
	EXPONENT_SIGN,
	EXPONENT_DIGITS,
};

typedef bool step_fn(struct json_scan *scan, unsigned char c);

static step_fn in_value, in_value_or_end, in_key, in_key_or_end, in_colon, in_after;
static step_fn in_string, in_escape, in_unicode, in_utf8, in_literal;
static step_fn in_minus, in_zero, in_digits, in_dot, in_fraction;
static step_fn in_exponent, in_exponent_sign, in_exponent_digits;

static step_fn *const steps[] = {
	[VALUE] = in_value,
	[VALUE_OR_END] = in_value_or_end,
	[KEY] = in_key,
	[KEY_OR_END] = in_key_or_end,
	[COLON] = in_colon,
	[AFTER] = in_after,
	[STRING] = in_string,
	[ESCAPE] = in_escape,
	[UNICODE] = in_unicode,
	[UTF8] = in_utf8,
	[LITERAL] = in_literal,
	[MINUS] = in_minus,
	[ZERO] = in_zero,
	[DIGITS] = in_digits,
	[DOT] = in_dot,
	[FRACTION] = in_fraction,
	[EXPONENT] = in_exponent,
	[EXPONENT_SIGN] = in_exponent_sign,
	[EXPONENT_DIGITS] = in_exponent_digits,
};

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool fail(struct json_scan *scan, const char *problem)
{
	scan->problem = problem;
	return false;
}

static bool go(struct json_scan *scan, enum state state)
{
	scan->state = (uint8_t)state;
	return true;
}

static bool inside_object(const struct json_scan *scan)
{
	unsigned level = scan->depth - 1u;

	return scan->in_object[level / 8] >> level % 8 & 1;
}

static bool open_group(struct json_scan *scan, bool object)
{
	unsigned level = scan->depth;
	uint8_t bit = (uint8_t)(1u << level % 8);

	if (level == JSON_SCAN_DEPTH)
		return fail(scan, "nested too deeply");
	scan->depth++;
	scan->in_object[level / 8] &= (uint8_t)~bit;
	if (object)
		scan->in_object[level / 8] |= bit;
	return go(scan, object ? KEY_OR_END : VALUE_OR_END);
}

static bool close_group(struct json_scan *scan)
{
	scan->depth--;
	return go(scan, AFTER);
}

static bool open_string(struct json_scan *scan, bool key)
{
	scan->in_key = key;
	return go(scan, STRING);
}

static bool open_literal(struct json_scan *scan, const char *rest)
{
	scan->literal = rest;
	return go(scan, LITERAL);
}

static bool in_value(struct json_scan *scan, unsigned char c)
{
	switch (c) {
	case '{':
		return open_group(scan, true);
	case '[':
		return open_group(scan, false);
	case '"':
		return open_string(scan, false);
	case 't':
		return open_literal(scan, "rue");
	case 'f':
		return open_literal(scan, "alse");
	case 'n':
		return open_literal(scan, "ull");
	case '-':
		return go(scan, MINUS);
	case '0':
		return go(scan, ZERO);
	default:
		return is_digit(c) ? go(scan, DIGITS) : fail(scan, "a value is missing");
	}
}

static bool in_value_or_end(struct json_scan *scan, unsigned char c)
{
	return c == ']' ? close_group(scan) : in_value(scan, c);
}

static bool in_key(struct json_scan *scan, unsigned char c)
{
	return c == '"' ? open_string(scan, true)
			: fail(scan, "a member's name is missing");
}

static bool in_key_or_end(struct json_scan *scan, unsigned char c)
{
	return c == '}' ? close_group(scan) : in_key(scan, c);
}

static bool in_colon(struct json_scan *scan, unsigned char c)
{
	return c == ':' ? go(scan, VALUE) : fail(scan, "':' is missing");
}

static bool in_after(struct json_scan *scan, unsigned char c)
{
	if (scan->depth == 0)
		return fail(scan, "something follows the value");
	if (c == ',')
		return go(scan, inside_object(scan) ? KEY : VALUE);
	if (c == (inside_object(scan) ? '}' : ']'))
		return close_group(scan);
	return fail(scan, "',' or a closing bracket is missing");
}

/* The sequences of RFC 3629: length and range of the second byte follow from the first. */
static bool open_utf8(struct json_scan *scan, unsigned char c)
{
	if (c < 0xc2 || c > 0xf4)
		return fail(scan, "not UTF-8");
	scan->left = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	scan->utf8_low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	scan->utf8_high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return go(scan, UTF8);
}

static bool in_string(struct json_scan *scan, unsigned char c)
{
	if (c == '"')
		return go(scan, scan->in_key ? COLON : AFTER);
	if (c == '\\')
		return go(scan, ESCAPE);
	if (c < 0x20)
		return fail(scan, "a control character in a string");
	return c < 0x80 ? true : open_utf8(scan, c);
}

static bool in_escape(struct json_scan *scan, unsigned char c)
{
	scan->left = 4;
	if (c == 'u')
		return go(scan, UNICODE);
	return c && strchr("\"\\/bfnrt", c) ? go(scan, STRING)
					    : fail(scan, "a bad escape");
}

static bool in_unicode(struct json_scan *scan, unsigned char c)
{
	unsigned char lower = c | 0x20;

	if (!is_digit(c) && (lower < 'a' || lower > 'f'))
		return fail(scan, "a bad \\u escape");
	return --scan->left ? true : go(scan, STRING);
}

static bool in_utf8(struct json_scan *scan, unsigned char c)
{
	if (c < scan->utf8_low || c > scan->utf8_high)
		return fail(scan, "not UTF-8");
	scan->utf8_low = 0x80;
	scan->utf8_high = 0xbf;
	return --scan->left ? true : go(scan, STRING);
}

static bool in_literal(struct json_scan *scan, unsigned char c)
{
	if (c != (unsigned char)*scan->literal)
		return fail(scan, "neither true, false nor null");
	return *++scan->literal ? true : go(scan, AFTER);
}

/* What ends a number is looked at again as what follows a value. */
static bool end_number(struct json_scan *scan, unsigned char c)
{
	go(scan, AFTER);
	return is_space(c) ? true : in_after(scan, c);
}

static bool in_minus(struct json_scan *scan, unsigned char c)
{
	if (c == '0')
		return go(scan, ZERO);
	return is_digit(c) ? go(scan, DIGITS) : fail(scan, "a bad number");
}

static bool in_zero(struct json_scan *scan, unsigned char c)
{
	if (c == '.')
		return go(scan, DOT);
	return (c | 0x20) == 'e' ? go(scan, EXPONENT) : end_number(scan, c);
}

static bool in_digits(struct json_scan *scan, unsigned char c)
{
	return is_digit(c) ? true : in_zero(scan, c);
}

static bool in_dot(struct json_scan *scan, unsigned char c)
{
	return is_digit(c) ? go(scan, FRACTION) : fail(scan, "a bad number");
}

static bool in_fraction(struct json_scan *scan, unsigned char c)
{
	if (is_digit(c))
		return true;
	return (c | 0x20) == 'e' ? go(scan, EXPONENT) : end_number(scan, c);
}

static bool in_exponent(struct json_scan *scan, unsigned char c)
{
	if (c == '+' || c == '-')
		return go(scan, EXPONENT_SIGN);
	return in_exponent_sign(scan, c);
}

static bool in_exponent_sign(struct json_scan *scan, unsigned char c)
{
	return is_digit(c) ? go(scan, EXPONENT_DIGITS) : fail(scan, "a bad number");
}

static bool in_exponent_digits(struct json_scan *scan, unsigned char c)
{
	return is_digit(c) ? true : end_number(scan, c);
}

void json_scan_start(struct json_scan *scan)
{
	memset(scan, 0, sizeof(*scan));
	scan->state = VALUE;
}

static uint64_t each(unsigned char byte)
{
	return byte * UINT64_C(0x0101010101010101);
}

/* Is one of the eight bytes zero?  Anderson, Bit Twiddling Hacks. */
static bool has_zero(uint64_t word)
{
	return (word - each(0x01)) & ~word & each(0x80);
}

/* Plain characters make up most of a body: they need no step each, nor a look at each. */
static size_t skip_plain(const char *bytes, size_t len)
{
	size_t i = 0;

	for (; i + sizeof(uint64_t) <= len; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, bytes + i, sizeof(word));
		if (((word - each(0x20)) & ~word & each(0x80)) || (word & each(0x80)) ||
		    has_zero(word ^ each('"')) || has_zero(word ^ each('\\')))
			break;
	}
	while (i < len && bytes[i] >= 0x20 && bytes[i] != '"' && bytes[i] != '\\')
		i++;
	return i;
}

/* A line break that ends a number is one between tokens as well. */
static bool break_may_stand(const struct json_scan *scan)
{
	return scan->state <= AFTER || scan->state >= MINUS;
}

bool json_scan_feed(struct json_scan *scan, char *bytes, size_t len)
{
	size_t i = 0;

	while (!scan->problem && i < len) {
		unsigned char c;

		if (scan->state == STRING)
			i += skip_plain(bytes + i, len - i);
		if (i == len)
			break;
		c = (unsigned char)bytes[i];
		if ((c == '\n' || c == '\r') && break_may_stand(scan))
			bytes[i] = ' ';
		if (!(scan->state <= AFTER && is_space(c)) &&
		    !steps[scan->state](scan, c))
			break;
		i++;
	}
	scan->offset += i;
	return !scan->problem;
}

bool json_scan_finish(struct json_scan *scan)
{
	bool number = scan->state == ZERO || scan->state == DIGITS ||
		      scan->state == FRACTION || scan->state == EXPONENT_DIGITS;

	if (scan->problem)
		return false;
	if (scan->depth == 0 && (scan->state == AFTER || number))
		return true;
	return fail(scan, scan->offset ? "it ends in the middle" : "it is empty");
}
