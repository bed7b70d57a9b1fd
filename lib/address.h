#ifndef LIB_ADDRESS_H
#define LIB_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/*
 * Addresses of peers.  All are of one kind: an IPv4 address is its IPv4-mapped IPv6
 * address, and a peer without an address (a local socket, a pipe) is ADDRESS_UNIX.
 */
enum { ADDRESS_LEN = 46, ADDRESS_BYTES = 16 };

struct address {
	uint8_t bytes[ADDRESS_BYTES];
};

extern const struct address address_unix;

/* "192.0.2.1" or "2001:db8::1", nothing around it; false when it is neither. */
bool address_parse(struct address *address, const char *text);
/* Of its four bytes as they are in a packet. */
void address_from_ipv4(struct address *address, const void *bytes);
void address_format(char text[static ADDRESS_LEN], const struct address *address);

bool address_equal(const struct address *a, const struct address *b);

/* For tables; nobody who does not know the seed can tell who shares a place. */
uint64_t address_hash(const struct address *address, uint64_t seed);

/* Of this very machine: 127.0.0.0/8, ::1 and address_unix. */
bool address_is_local(const struct address *address);

/* Who an address belongs to: IPv4 as a whole, of IPv6 the first 64 bits. */
struct address address_owner(const struct address *address);
/* "192.0.2.1" or "2001:db8:1:2::/64". */
void address_format_owner(char text[static ADDRESS_LEN + 3], const struct address *owner);

struct address_range {
	struct address first;
	unsigned bits;
};

/* "10.0.0.0/8", "2001:db8::/32", one address, or "unix"; the bits behind the prefix must
 * be zero.  ERROR_DATA. */
int address_parse_range(struct address_range *range, const char *text, struct error *err);
bool address_in_range(const struct address *address, const struct address_range *range);

#endif
