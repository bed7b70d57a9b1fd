#include "lib/trust.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A file of the revoked is taken whole: a digest for each line that looks like one, and as many
 * lists as begin. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char mark[] = "-----BEGIN X509 CRL-----";
	auto_buf struct buf text = BUF_EMPTY;
	auto_trust struct trust trust = TRUST_EMPTY;
	struct error err = { 0 };
	size_t marks = 0;

	buf_add(&text, bytes, size);
	if (trust_take_revoked(&trust, &text, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && *err.message);
		return 0;
	}
	for (const char *p = buf_str(&text); (p = strstr(p, mark)); p++)
		marks += p == buf_str(&text) || p[-1] == '\n';
	FUZZ_PROMISE(!memchr(text.data ? text.data : "x", '\0', text.len));
	FUZZ_PROMISE(trust.list_count == marks);
	FUZZ_PROMISE(trust.revoked.len % CRYPTO_SHA256_LEN == 0);
	FUZZ_PROMISE(trust.revoked.len / CRYPTO_SHA256_LEN * 64 <= text.len);
	return 0;
}
