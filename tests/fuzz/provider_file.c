#include "bin/hookrecv/provider_file.h"

#include <string.h>

#include "bin/hookrecv/sign.h"
#include "bin/hookrecv/signature.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static const struct str_view secret = { "00112233445566778899aabbccddeeff", 32 };
static const struct str_view body = { "{\"n\":1}", 7 };
static const int64_t now_ms = INT64_C(1700000000000);

static enum signature_verdict verify(const struct provider *provider,
				     struct str_view headers, struct str_view text)
{
	struct signature signature = SIGNATURE_NONE;
	struct fuzz_head head = fuzz_head(headers.data, headers.len);
	struct signature_opening opening = { secret, fuzz_header, &head, now_ms };
	enum signature_verdict verdict = signature_start(&signature, provider, &opening);

	if (verdict == SIGNATURE_GOOD) {
		signature_add(&signature, text.data, text.len);
		verdict = signature_finish(&signature);
	}
	signature_free(&signature);
	free(head.text);
	return verdict;
}

/* What the provider signs it verifies; of another body it does not, nor of no headers. */
static void use(const struct provider *provider)
{
	auto_buf struct buf headers = BUF_EMPTY;
	const struct sign_request request = { provider, secret, body,
					      "push",	"d-1",	now_ms };
	enum provider_kind kind = provider->schemes[0].kind;
	struct str_view made;
	struct error err = { 0 };

	FUZZ_PROMISE(verify(provider, (struct str_view){ "", 0 }, body) ==
		     SIGNATURE_MISSING);
	if (signature_check_secret(provider, secret, &err) < 0 ||
	    sign_write(&headers, &request, &err) < 0) {
		FUZZ_PROMISE(*err.message);
		return;
	}
	if (kind == PROVIDER_ED25519)
		return; /* the public key verifies, another one signs */
	made = (struct str_view){ buf_str(&headers), headers.len };
	FUZZ_PROMISE(verify(provider, made, body) == SIGNATURE_GOOD);
	if (kind == PROVIDER_HMAC)
		FUZZ_PROMISE(
			verify(provider, made, (struct str_view){ "{\"n\":2}", 7 }) ==
			SIGNATURE_BAD);
}

/* A description is usable as a provider, or ERROR_CONFIG says why not. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_provider_file struct provider_file file = PROVIDER_FILE_EMPTY;
	auto_free char *text = fuzz_text(bytes, size);
	struct error err = { 0 };

	if (provider_file_parse(&file, "x", text, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_CONFIG && *err.message && !file.text);
		return 0;
	}
	FUZZ_PROMISE(file.provider.schemes[0].header && !file.provider.open);
	use(&file.provider);
	return 0;
}
