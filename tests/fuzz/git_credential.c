#include "bin/tokenmint/credential.h"

#include <string.h>

#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

static bool is_inside(struct str_view part, struct str_view text)
{
	return part.len == 0 ||
	       (part.data >= text.data && part.data + part.len <= text.data + text.len);
}

/* What is read are parts of the text, each of one line; a repository has two parts. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct str_view whole = { text, size };
	struct credential credential = { .knows_authtype = false };
	struct error err = { 0 };
	auto_free char *repository = NULL;

	if (credential_read(&credential, whole, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && credential.host.len == 0);
		return 0;
	}
	FUZZ_PROMISE(is_inside(credential.host, whole) &&
		     is_inside(credential.path, whole));
	FUZZ_PROMISE(is_inside(credential.password, whole) &&
		     is_inside(credential.header, whole));
	FUZZ_PROMISE(credential.host.len == 0 ||
		     !memchr(credential.host.data, '\n', credential.host.len));
	if (credential_is_for(&credential, "https://github.com"))
		FUZZ_PROMISE(credential.host.len == 10 && credential.protocol.len == 5);
	repository = credential_repository(&credential);
	if (repository)
		FUZZ_PROMISE(strchr(repository, '/') &&
			     strchr(repository, '/') == strrchr(repository, '/'));
	return 0;
}
