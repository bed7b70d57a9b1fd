#include "lib/session_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/identity_record.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/jws.h"
#include "lib/jwt.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/session.h"

#define READ_AGAIN_MS 1000
#define ALGORITHMS (JWS_ALGORITHM(CRYPTO_EDDSA) | JWS_ALGORITHM(CRYPTO_ES256))

static int read_keys(struct session_verifier *verifier, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_jwk_set struct jwk_set set = JWK_SET_EMPTY;

	if (file_read(&text, verifier->dir, "keys.jwks", JWK_SET_TEXT_MAX, err) < 0 ||
	    jwk_set_read(&set, (struct str_view){ buf_str(&text), text.len }, err) < 0) {
		(void)error_wrap(err, "keys of sessions");
		err->kind = ERROR_CONFIG;
		return -1;
	}
	jwk_set_free(&verifier->keys);
	verifier->keys = set;
	set = (struct jwk_set)JWK_SET_EMPTY;
	return 0;
}

int session_verifier_open(struct session_verifier *verifier, const struct layout *layout,
			  struct error *err)
{
	auto_session_verifier struct session_verifier opened = SESSION_VERIFIER_NONE;
	auto_free char *dir = path_join(layout->state, "sessions");

	opened.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (opened.dir < 0 && errno == ENOENT)
		return error_set(err, ERROR_CONFIG,
				 "no session was issued here: '%s' is missing", dir);
	if (opened.dir < 0)
		return error_errno(err, "open folder '%s'", dir);
	if (read_keys(&opened, err) < 0)
		return -1;
	*verifier = opened;
	opened = (struct session_verifier)SESSION_VERIFIER_NONE;
	return 0;
}

void session_verifier_close(struct session_verifier *verifier)
{
	cleanup_close(&verifier->dir);
	jwk_set_free(&verifier->keys);
	*verifier = (struct session_verifier)SESSION_VERIFIER_NONE;
}

void session_free(struct session *session)
{
	principal_free(&session->principal);
	*session = (struct session)SESSION_EMPTY;
}

int session_read_claims(struct session *session, struct str_view payload,
			struct error *err)
{
	auto_session struct session read = SESSION_EMPTY;
	struct principal *principal = &read.principal;
	struct str_view roles = { NULL, 0 };
	auto_free char *id = NULL;
	uint64_t issued_s = 0;
	uint64_t expires_s = 0;

	if (!identity_record_text(&principal->subject, payload, "sub") ||
	    !principal->subject ||
	    !identity_record_text(&principal->name_space, payload, "namespace") ||
	    !json_object_find(&roles, payload, "roles") ||
	    !principal_read_roles(&principal->roles, roles) ||
	    !identity_record_text(&id, payload, "sid") || !id || !ticket_is_id(id) ||
	    !json_plain_u64(&issued_s, payload, "iat") ||
	    !json_plain_u64(&expires_s, payload, "exp"))
		return error_set(err, ERROR_DENIED, "the claims are not of a session");
	memcpy(read.id, id, sizeof(read.id));
	read.issued_s = (int64_t)issued_s;
	read.expires_s = (int64_t)expires_s;
	session_free(session);
	*session = read;
	read = (struct session)SESSION_EMPTY;
	return 0;
}

/* A key that was made after we read them; whoever sends rubbish does not make us read on. */
static int verify_signature(struct jws_parts *parts, struct session_verifier *verifier,
			    struct str_view token, int64_t now_ms, struct error *err)
{
	struct jws_policy policy = { ALGORITHMS, verifier->keys.keys,
				     verifier->keys.count, false };
	struct error ignored = { 0 };

	if (jws_verify(parts, &policy, token, err) == 0)
		return 0;
	if (now_ms - verifier->read_ms < READ_AGAIN_MS && now_ms >= verifier->read_ms)
		return -1;
	verifier->read_ms = now_ms;
	if (read_keys(verifier, &ignored) < 0)
		return -1;
	policy.keys = verifier->keys.keys;
	policy.count = verifier->keys.count;
	return jws_verify(parts, &policy, token, err);
}

static int check_type(const struct buf *header, struct error *err)
{
	struct str_view type = { NULL, 0 };

	if (!json_plain_string(&type, (struct str_view){ header->data, header->len },
			       "typ") ||
	    !str_view_equal(type, SESSION_TYPE))
		return error_set(err, ERROR_DENIED,
				 "the header's typ is not "
				 "'" SESSION_TYPE "'");
	return 0;
}

static int check_revoked(const struct session_verifier *verifier, const char *id,
			 struct error *err)
{
	auto_free char *path = path_join("revoked", id);

	if (faccessat(verifier->dir, path, F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	return error_set(err, ERROR_DENIED, "session %s is revoked", id);
}

bool session_has_ended(const struct session *session,
		       const struct session_verifier *verifier, int64_t now_ms)
{
	struct error ignored = { 0 };
	int64_t now_s = now_ms / 1000;

	return now_s >= session->expires_s + SESSION_LEEWAY_S ||
	       now_s < session->issued_s - SESSION_LEEWAY_S ||
	       check_revoked(verifier, session->id, &ignored) < 0;
}

static int verify(struct session *session, struct session_verifier *verifier,
		  const struct jwt_expected *expected, struct str_view token,
		  struct error *err)
{
	auto_jws_parts struct jws_parts parts = JWS_PARTS_EMPTY;
	struct str_view payload = { NULL, 0 };

	if (verify_signature(&parts, verifier, token, expected->now_s * 1000, err) < 0)
		return -1;
	payload = (struct str_view){ buf_str(&parts.payload), parts.payload.len };
	if (check_type(&parts.header, err) < 0 || jwt_check(expected, payload, err) < 0 ||
	    session_read_claims(session, payload, err) < 0)
		return -1;
	return check_revoked(verifier, session->id, err);
}

int session_verify(struct session *session, struct session_verifier *verifier,
		   const struct session_proof *proof, struct error *err)
{
	const struct jwt_expected expected = { SESSION_ISSUER, proof->audience,
					       proof->now_ms / 1000, SESSION_LEEWAY_S };
	auto_session struct session read = SESSION_EMPTY;

	if (verify(&read, verifier, &expected, proof->token, err) < 0) {
		(void)error_wrap(err, "no session");
		err->kind = ERROR_ABSENT;
		return -1;
	}
	session_free(session);
	*session = read;
	read = (struct session)SESSION_EMPTY;
	return 0;
}
