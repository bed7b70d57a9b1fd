#include "lib/uuid.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/hex.h"

static void random_bytes(uint8_t *bytes, size_t len)
{
	if (getrandom(bytes, len, 0) != (ssize_t)len)
		_exit(EX_OSERR);
}

static void format(char out[static UUID_LEN], const uint8_t bytes[static 16])
{
	char digits[33];

	hex_encode(digits, bytes, 16);
	snprintf(out, UUID_LEN, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8,
		 digits + 12, digits + 16, digits + 20);
}

static bool parse(uint8_t bytes[static 16], const char *text)
{
	char digits[33];
	size_t n = 0;
	size_t i;

	for (i = 0; i < UUID_LEN - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
			continue;
		}
		if (!text[i] || !strchr("0123456789abcdef", text[i]))
			return false;
		digits[n++] = text[i];
	}
	return text[i] == '\0' && hex_decode(bytes, 16, digits, n);
}

static void set_version(uint8_t bytes[static 16], unsigned version)
{
	bytes[6] = (uint8_t)(version << 4 | (bytes[6] & 15));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));
}

static void set_time(uint8_t bytes[static 16], uint64_t unix_ms)
{
	int i;

	for (i = 0; i < 6; i++)
		bytes[i] = (uint8_t)(unix_ms >> (40 - 8 * i));
}

/*
 * RFC 9562 6.2 method 1: the 12 bits behind the time count within a millisecond.
 * Each millisecond starts at a random count below 2048; when 4096 is reached the
 * time is moved on, and it never goes back.
 */
void uuid_next(char out[static UUID_LEN], struct uuid_source *source, int64_t unix_ms)
{
	uint8_t bytes[16];

	random_bytes(bytes, sizeof(bytes));
	if (unix_ms > 0 && (uint64_t)unix_ms > source->last_ms) {
		source->last_ms = (uint64_t)unix_ms;
		source->counter = (uint16_t)((bytes[6] << 8 | bytes[7]) & 0x7ff);
	} else if (++source->counter > 0xfff) {
		source->last_ms++;
		source->counter = 0;
	}
	set_time(bytes, source->last_ms);
	bytes[6] = (uint8_t)(source->counter >> 8);
	bytes[7] = (uint8_t)source->counter;
	set_version(bytes, 7);
	format(out, bytes);
}

void uuid_random(char out[static UUID_LEN])
{
	uint8_t bytes[16];

	random_bytes(bytes, sizeof(bytes));
	set_version(bytes, 4);
	format(out, bytes);
}

/* The last four bytes are random in every version we make; n is added to them there. */
void uuid_derive(char out[static UUID_LEN], const char *id, uint32_t n)
{
	uint8_t bytes[16] = { 0 };
	uint32_t tail;

	(void)parse(bytes, id);
	tail = (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 |
	       (uint32_t)bytes[14] << 8 | bytes[15];
	tail += n;
	bytes[12] = (uint8_t)(tail >> 24);
	bytes[13] = (uint8_t)(tail >> 16);
	bytes[14] = (uint8_t)(tail >> 8);
	bytes[15] = (uint8_t)tail;
	format(out, bytes);
}

void uuid_named(char out[static UUID_LEN], int64_t unix_ms, const uint8_t name[static 10])
{
	uint8_t bytes[16];

	set_time(bytes, (uint64_t)unix_ms);
	memcpy(bytes + 6, name, 10);
	set_version(bytes, 7);
	format(out, bytes);
}

bool uuid_is_valid(const char *text)
{
	uint8_t bytes[16];

	return parse(bytes, text);
}

int64_t uuid_time_ms(const char *id)
{
	uint8_t bytes[16];
	int64_t ms = 0;
	int i;

	if (!parse(bytes, id) || bytes[6] >> 4 != 7)
		return 0;
	for (i = 0; i < 6; i++)
		ms = ms << 8 | bytes[i];
	return ms;
}
