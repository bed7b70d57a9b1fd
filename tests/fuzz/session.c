#include "lib/session_verify.h"

#include "lib/error.h"
#include "lib/json_object.h"
#include "lib/session_family.h"
#include "lib/identity_record.h"
#include "lib/buf.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t key[CRYPTO_KEY_LEN];

/* The claims of an access token, and the file of a session, whose seal is right. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct str_view view = { text, size };
	auto_session struct session session = SESSION_EMPTY;
	auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
	auto_buf struct buf sealed = BUF_EMPTY;
	struct error err = { 0 };
	const char *problem = NULL;

	FUZZ_PROMISE(session_family_read(&family, view, key, &err) < 0);
	FUZZ_PROMISE(err.kind == ERROR_DENIED);
	if (!json_object_is_sound(view, &problem)) /* jwt_check has looked */
		return 0;
	if (session_read_claims(&session, view, &err) == 0)
		FUZZ_PROMISE(session.principal.roles && ticket_is_id(session.id));
	else
		FUZZ_PROMISE(err.kind == ERROR_DENIED && !session.principal.subject);
	identity_record_write(&sealed, view, key);
	if (session_family_read(&family, (struct str_view){ sealed.data, sealed.len },
				key, &err) < 0)
		return 0;
	FUZZ_PROMISE(family.principal.subject && family.audience);
	buf_clear(&sealed);
	session_family_write(&sealed, &family, key);
	FUZZ_PROMISE(session_family_read(&family,
					 (struct str_view){ sealed.data, sealed.len },
					 key, &err) == 0);
	return 0;
}
