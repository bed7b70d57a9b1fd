#include <string.h>

#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/hex.h"
#include "lib/http_server.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "tests/fake/fake.h"

#define CREDENTIALS_MAX 1000

/* The file of a token in the state folder: "tokens/<sha256>". */
static char *file_of(const char *token)
{
	uint8_t digest[CRYPTO_SHA256_LEN];
	char digits[2 * CRYPTO_SHA256_LEN + 1];

	crypto_sha256(digest, token, strlen(token));
	hex_encode(digits, digest, sizeof(digest));
	return str_format("tokens/%s", digits);
}

unsigned credentials_end_token(struct visit *visit, struct buf *out)
{
	const char *text = http_header(visit->exchange, "Authorization");
	auto_free char *file =
		file_of(text && str_starts(text, "Bearer ") ? text + 7 : "");

	if (!store_has(visit->fake, file))
		return visit_refuse(out, 401, "Bad credentials");
	store_drop(visit->fake, file);
	return 204;
}

/* Who comes with a token of its own is refused; what was sent is kept as "leaked". */
unsigned credentials_revoke(struct visit *visit, struct buf *out)
{
	struct str_view body = { visit->body.data, visit->body.len };
	struct str_view rest = { NULL, 0 };
	struct str_view credential = { NULL, 0 };
	auto_buf struct buf kept = BUF_EMPTY;
	size_t count = 0;

	if (http_header(visit->exchange, "Authorization"))
		return visit_refuse(out, 403, "Forbidden");
	if (!json_plain_is_valid(body) || !json_scan_member(&rest, body, "credentials") ||
	    rest.data[0] != '[')
		return visit_refuse(out, 422, "Validation Failed");
	store_read(&kept, visit->fake, "leaked");
	if (kept.len > 0)
		buf_add_char(&kept, '\n');
	for (; json_scan_element(&credential, &rest); count++) {
		buf_add(&kept, credential.data + 1, credential.len - 2);
		buf_add_char(&kept, '\n');
	}
	if (count == 0 || count > CREDENTIALS_MAX)
		return visit_refuse(out, 422, "Validation Failed");
	store_write(visit->fake, "leaked", &kept);
	buf_add_str(out, "{}");
	return 202;
}
