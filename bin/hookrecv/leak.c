#include "bin/hookrecv/leak.h"

#include <string.h>
#include <unistd.h>

#include "bin/hookrecv/keyring.h"
#include "lib/base64.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "lib/str.h"

enum {
	WORD_MIN = 8,
	TEXT_MIN = 16,
	STEP = 65536,
	OVERLAP = 8192, /* the longest spelling of a secret, see secret.c */
};

static const char mark[] = "whsec_";

/* Only inside of a JSON string can there be something equal to it. */
static bool is_for_payloads(const struct buf *needle)
{
	bool number = true;
	size_t i;

	for (i = 0; i < needle->len; i++) {
		unsigned char byte = (unsigned char)needle->data[i];

		if (byte < ' ' || byte == '"' || byte == '\\')
			return false;
		if (!strchr("0123456789+-.eE", byte))
			number = false;
	}
	return needle->len >= TEXT_MIN && !number;
}

void leak_spell(struct leak_spelling *spellings, const struct buf *secret)
{
	struct str_view text = { buf_str(secret), secret->len };

	if (str_starts(text.data, mark)) {
		text.data += strlen(mark);
		text.len -= strlen(mark);
	}
	buf_add(&spellings[0].text, text.data, text.len);
	base64_encode(&spellings[1].text, text.data, text.len - text.len % 3);
	spellings[0].for_payloads = is_for_payloads(&spellings[0].text);
	spellings[1].for_payloads = is_for_payloads(&spellings[1].text);
}

void leak_forget(struct leak_spelling *spellings)
{
	buf_wipe(&spellings[0].text);
	buf_wipe(&spellings[1].text);
}

static bool is_in(const struct buf *needle, const char *text, size_t len)
{
	if (needle->len == 0)
		return false;
	if (needle->len < WORD_MIN)
		return needle->len == len && memcmp(needle->data, text, len) == 0;
	return memmem(text, len, needle->data, needle->len) != NULL;
}

bool leak_is_in(const struct keyring_keys *keys, const char *text)
{
	size_t len = strlen(text);
	size_t i;

	for (i = 0; i < keys->count * LEAK_SPELLINGS; i++) {
		const struct keyring_key *key = &keys->keys[i / LEAK_SPELLINGS];

		if (is_in(&key->spellings[i % LEAK_SPELLINGS].text, text, len))
			return true;
	}
	return false;
}

static size_t mask(const struct buf *needle, char *bytes, size_t len)
{
	size_t count = 0;
	char *at;

	while ((at = memmem(bytes, len, needle->data, needle->len))) {
		memset(at, '*', needle->len);
		count++;
		len -= (size_t)(at - bytes) + needle->len;
		bytes = at + needle->len;
	}
	return count;
}

size_t leak_mask(const struct keyring_keys *keys, char *bytes, size_t len)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < keys->count * LEAK_SPELLINGS; i++) {
		const struct leak_spelling *spelling =
			&keys->keys[i / LEAK_SPELLINGS].spellings[i % LEAK_SPELLINGS];

		if (spelling->for_payloads)
			count += mask(&spelling->text, bytes, len);
	}
	return count;
}

int leak_mask_file(size_t *count, const struct keyring_keys *keys, int fd, size_t from,
		   struct error *err)
{
	off_t at = (off_t)from;
	char bytes[STEP];
	ssize_t got;

	*count = 0;
	while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		size_t masked = leak_mask(keys, bytes, (size_t)got);

		if (masked && pwrite(fd, bytes, (size_t)got, at) != got)
			return error_errno(err, "write an event");
		*count += masked;
		if ((size_t)got < sizeof(bytes))
			return 0;
		at += got - OVERLAP;
	}
	return got < 0 ? error_errno(err, "read an event") : 0;
}
