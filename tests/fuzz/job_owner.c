#include "lib/job_owner.h"

#include <string.h>

#include "lib/certificate.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* What becomes a part of a path is 64 digits and nothing else, and means itself. */
static void check_name(const char *owner)
{
	char again[JOB_OWNER_LEN];

	FUZZ_PROMISE(strspn(owner, "0123456789abcdef") == 64 && !owner[64]);
	FUZZ_PROMISE(job_owner_parse(again, owner) && strcmp(again, owner) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_text(bytes, size);
	auto_certificate struct certificate one = CERTIFICATE_EMPTY;
	auto_certificate struct certificate again = CERTIFICATE_EMPTY;
	struct error err = { 0 };
	char owner[JOB_OWNER_LEN];

	if (job_owner_parse(owner, text))
		check_name(owner);
	if (certificate_parse(&one, (struct str_view){ text, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && err.message[0]);
		return 0;
	}
	check_name(one.hash);
	FUZZ_PROMISE(certificate_parse(&again,
				       (struct str_view){ one.pem, strlen(one.pem) },
				       &err) == 0);
	FUZZ_PROMISE(strcmp(again.hash, one.hash) == 0);
	return 0;
}
