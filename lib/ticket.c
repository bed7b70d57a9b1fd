#include "lib/ticket.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/error.h"

#define TIME_LEN 7 /* of the identifier: seconds in base 36, enough for 2,400 years */

/* Base 36 is the first 36 of them. */
static const char alphabet[] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

void ticket_wipe(struct ticket *ticket)
{
	crypto_wipe(ticket, sizeof(*ticket));
}

/* Random characters of the first count, each as likely as another. */
static void add_random(char *out, size_t len, unsigned count)
{
	unsigned limit = 256 - 256 % count;
	uint8_t byte = 0;

	for (size_t i = 0; i < len;) {
		crypto_random(&byte, 1);
		if (byte < limit)
			out[i++] = alphabet[byte % count];
	}
	out[len] = '\0';
}

void ticket_encode(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = alphabet[bytes[i] % 62];
	out[len] = '\0';
}

void ticket_make(struct ticket *ticket, int64_t now_s)
{
	uint64_t number = now_s > 0 ? (uint64_t)now_s : 0;

	for (int i = TIME_LEN - 1; i >= 0; i--) {
		ticket->id[i] = alphabet[number % 36];
		number /= 36;
	}
	add_random(ticket->id + TIME_LEN, TICKET_ID_LEN - TIME_LEN, 36);
	add_random(ticket->secret, TICKET_SECRET_LEN, 62);
}

/* CRC-32 as in gzip (IEEE 802.3), bit by bit: a key is short. */
static uint32_t sum_of(const char *text, size_t len)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		sum ^= (uint8_t)text[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~sum;
}

static void write_check(char check[static TICKET_CHECK_LEN + 1], const char *text,
			size_t len)
{
	uint32_t sum = sum_of(text, len);

	for (int i = TICKET_CHECK_LEN - 1; i >= 0; i--) {
		check[i] = alphabet[sum % 62];
		sum /= 62;
	}
	check[TICKET_CHECK_LEN] = '\0';
}

void ticket_write(struct buf *out, const char *kind, const struct ticket *ticket)
{
	char check[TICKET_CHECK_LEN + 1] = "";
	size_t before = out->len;

	(void)buf_room(out, TICKET_LEN); /* one allocation: no copy stays behind */
	buf_add_str(out, kind);
	buf_add_char(out, '_');
	buf_add_str(out, ticket->id);
	buf_add_char(out, '_');
	buf_add_str(out, ticket->secret);
	write_check(check, out->data + before, out->len - before);
	buf_add_str(out, check);
}

static bool is_of(const char *text, size_t len, unsigned count)
{
	for (size_t i = 0; i < len; i++)
		if (!text[i] || !memchr(alphabet, text[i], count))
			return false;
	return true;
}

bool ticket_is_id(const char *text)
{
	return strlen(text) == TICKET_ID_LEN && is_of(text, TICKET_ID_LEN, 36);
}

int ticket_read(struct ticket *ticket, const char *kind, struct str_view text,
		struct error *err)
{
	const char *id = text.data + TICKET_KIND_LEN + 1;
	const char *secret = id + TICKET_ID_LEN + 1;
	char check[TICKET_CHECK_LEN + 1] = "";

	if (text.len <= TICKET_KIND_LEN ||
	    memcmp(text.data, kind, TICKET_KIND_LEN) != 0 ||
	    text.data[TICKET_KIND_LEN] != '_')
		return error_set(err, ERROR_DENIED, "it does not begin with %s_", kind);
	if (text.len != TICKET_LEN)
		return error_set(err, ERROR_DENIED, "it has %zu characters, not %d",
				 text.len, TICKET_LEN);
	if (!is_of(id, TICKET_ID_LEN, 36) || id[TICKET_ID_LEN] != '_' ||
	    !is_of(secret, TICKET_SECRET_LEN + TICKET_CHECK_LEN, 62))
		return error_set(err, ERROR_DENIED,
				 "it has a character that none of ours has");
	write_check(check, text.data, TICKET_LEN - TICKET_CHECK_LEN);
	if (memcmp(secret + TICKET_SECRET_LEN, check, TICKET_CHECK_LEN) != 0)
		return error_set(err, ERROR_DENIED,
				 "its checksum is wrong: it was mistyped");
	memcpy(ticket->id, id, TICKET_ID_LEN);
	memcpy(ticket->secret, secret, TICKET_SECRET_LEN);
	ticket->id[TICKET_ID_LEN] = '\0';
	ticket->secret[TICKET_SECRET_LEN] = '\0';
	return 0;
}
