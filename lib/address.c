#include "lib/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/str.h"

enum { MAPPED_BYTES = 12, BITS = 128, OWNER_BYTES = 8 };

static const uint8_t mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

/* An IPv4-compatible address, which nobody has had since 2006 (RFC 4291 2.5.5.1). */
const struct address address_unix = { { [12] = 'u', 'n', 'i', 'x' } };

static bool is_mapped(const struct address *address)
{
	return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, ADDRESS_BYTES) == 0;
}

bool address_parse(struct address *address, const char *text)
{
	struct address parsed = { { 0 } };

	if (inet_pton(AF_INET, text, parsed.bytes + MAPPED_BYTES) == 1)
		memcpy(parsed.bytes, mapped, MAPPED_BYTES);
	else if (inet_pton(AF_INET6, text, parsed.bytes) != 1 ||
		 address_equal(&parsed, &address_unix))
		return false;
	*address = parsed;
	return true;
}

void address_from_ipv4(struct address *address, const void *bytes)
{
	memcpy(address->bytes, mapped, MAPPED_BYTES);
	memcpy(address->bytes + MAPPED_BYTES, bytes, ADDRESS_BYTES - MAPPED_BYTES);
}

void address_format(char text[static ADDRESS_LEN], const struct address *address)
{
	if (address_equal(address, &address_unix))
		snprintf(text, ADDRESS_LEN, "unix");
	else if (is_mapped(address))
		(void)inet_ntop(AF_INET, address->bytes + MAPPED_BYTES, text,
				ADDRESS_LEN);
	else
		(void)inet_ntop(AF_INET6, address->bytes, text, ADDRESS_LEN);
}

/* The finaliser of MurmurHash3. */
static uint64_t mix(uint64_t number)
{
	number = (number ^ number >> 33) * UINT64_C(0xff51afd7ed558ccd);
	number = (number ^ number >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return number ^ number >> 33;
}

uint64_t address_hash(const struct address *address, uint64_t seed)
{
	uint64_t halves[2];

	memcpy(halves, address->bytes, sizeof(halves));
	return mix(mix(halves[0] ^ seed) ^ halves[1]);
}

bool address_is_local(const struct address *address)
{
	static const struct address loopback = { { [ADDRESS_BYTES - 1] = 1 } };

	return (is_mapped(address) && address->bytes[MAPPED_BYTES] == 127) ||
	       address_equal(address, &loopback) || address_equal(address, &address_unix);
}

struct address address_owner(const struct address *address)
{
	struct address owner = *address;

	if (!is_mapped(address) && !address_equal(address, &address_unix))
		memset(owner.bytes + OWNER_BYTES, 0, ADDRESS_BYTES - OWNER_BYTES);
	return owner;
}

void address_format_owner(char text[static ADDRESS_LEN + 3], const struct address *owner)
{
	address_format(text, owner);
	if (strchr(text, ':'))
		memcpy(text + strlen(text), "/64", sizeof("/64"));
}

/* The address with all but its first bits zero. */
static struct address mask(const struct address *address, unsigned bits)
{
	struct address masked = { { 0 } };

	memcpy(masked.bytes, address->bytes, bits / 8);
	if (bits % 8)
		masked.bytes[bits / 8] =
			(uint8_t)(address->bytes[bits / 8] & (0xff00 >> bits % 8));
	return masked;
}

int address_parse_range(struct address_range *range, const char *text, struct error *err)
{
	struct address_range parsed = { address_unix, BITS };
	size_t len = strcspn(text, "/");
	char first[ADDRESS_LEN];
	struct address masked;
	uint64_t bits = BITS;
	uint64_t most = BITS;

	if (str_equal(text, "unix")) {
		*range = parsed;
		return 0;
	}
	snprintf(first, sizeof(first), "%.*s", (int)len, text);
	if (len >= sizeof(first) || !address_parse(&parsed.first, first))
		return error_set(err, ERROR_DATA, "'%s' is no address", text);
	/* Of the family that is written: the prefix of an IPv4 address is counted in it. */
	if (!strchr(first, ':'))
		most = 32;
	if (text[len] && str_to_u64(&bits, text + len + 1, 0, most, err) < 0)
		return error_wrap(err, "'%s'", text);
	parsed.bits = (unsigned)(text[len] ? bits + BITS - most : BITS);
	masked = mask(&parsed.first, parsed.bits);
	if (!address_equal(&masked, &parsed.first))
		return error_set(err, ERROR_DATA,
				 "'%s' has bits behind its prefix: not a range", text);
	*range = parsed;
	return 0;
}

bool address_in_range(const struct address *address, const struct address_range *range)
{
	struct address masked = mask(address, range->bits);

	return address_equal(&masked, &range->first);
}
