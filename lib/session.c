#include "lib/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/identity_key.h"
#include "lib/json_write.h"
#include "lib/jwk.h"
#include "lib/jws.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "lib/principal.h"
#include "lib/session_family.h"
#include "lib/session_keys.h"
#include "lib/uuid.h"

#define REVOKED "revoked"
#define LOCK ".lock"
#define NUMBER_LEN 4 /* of a refresh token's secret: its generation in base 36 */
#define GENERATION_MAX (36 * 36 * 36 * 36 - 1)
#define APIKEY_SUBJECT "apikey:"

int session_store_open(struct session_store *store, const struct layout *layout,
		       const struct vault *vault, struct error *err)
{
	auto_session_store struct session_store opened = SESSION_STORE_NONE;
	auto_free char *dir = path_join(layout->state, "sessions");
	auto_free char *revoked = path_join(dir, REVOKED);

	if (identity_key(opened.seal_key, vault, "session record 1", err) < 0 ||
	    identity_key(opened.token_key, vault, "session refresh 1", err) < 0 ||
	    apikey_store_open(&opened.keys, layout, vault, err) < 0 ||
	    file_make_dirs(revoked, 0700, err) < 0 ||
	    file_open_dir(&opened.dir, AT_FDCWD, dir, err) < 0)
		return -1;
	opened.vault = vault;
	*store = opened;
	opened = (struct session_store)SESSION_STORE_NONE;
	return 0;
}

void session_store_close(struct session_store *store)
{
	cleanup_close(&store->dir);
	apikey_store_close(&store->keys);
	crypto_wipe(store->seal_key, sizeof(store->seal_key));
	crypto_wipe(store->token_key, sizeof(store->token_key));
	store->dir = -1;
}

void session_tokens_wipe(struct session_tokens *tokens)
{
	buf_wipe(&tokens->access);
	buf_wipe(&tokens->refresh);
	*tokens = (struct session_tokens)SESSION_TOKENS_EMPTY;
}

static void write_claims(struct buf *out, const struct session_family *family,
			 int64_t now_s, int64_t expires_s)
{
	struct json_writer writer = JSON_WRITER(out);
	char id[UUID_LEN] = "";

	uuid_random(id);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "iss", SESSION_ISSUER);
	json_write_string(&writer, "sub", family->principal.subject);
	json_write_string(&writer, "aud", family->audience);
	json_write_i64(&writer, "iat", now_s);
	json_write_i64(&writer, "exp", expires_s);
	json_write_string(&writer, "jti", id);
	json_write_string(&writer, "sid", family->id);
	json_write_string(&writer, "namespace", family->principal.name_space);
	principal_write_roles(&writer, family->principal.roles);
	json_write_object_end(&writer);
}

static int add_access(struct session_tokens *tokens, const struct session_store *store,
		      const struct session_family *family, int64_t now_ms,
		      struct error *err)
{
	auto_secret struct buf set = BUF_EMPTY;
	auto_jwk struct jwk key = JWK_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	struct jws_signer signer = { &key, CRYPTO_EDDSA, SESSION_TYPE };
	int64_t now_s = now_ms / 1000;

	tokens->access_expires_s = now_s + SESSION_ACCESS_S;
	if (tokens->access_expires_s > family->ends_ms / 1000)
		tokens->access_expires_s = family->ends_ms / 1000;
	if (session_keys_load(&set, store->vault, store->dir, now_s, err) < 0 ||
	    session_keys_signer(&key, &signer.scheme, &set, err) < 0)
		return -1;
	write_claims(&claims, family, now_s, tokens->access_expires_s);
	return jws_sign(&tokens->access, &signer,
			(struct str_view){ claims.data, claims.len }, err);
}

/* The number, then a MAC over session and number: an old token is known again by it. */
static void make_secret(char secret[static TICKET_SECRET_LEN + 1],
			const struct session_store *store, const char *id,
			uint64_t generation)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct str_view key = { (const char *)store->token_key, CRYPTO_KEY_LEN };
	auto_free char *text = str_format("%s.%" PRIu64, id, generation);
	uint8_t digest[CRYPTO_SHA256_LEN] = { 0 };

	for (int i = NUMBER_LEN - 1; i >= 0; i--) {
		secret[i] = digits[generation % 36];
		generation /= 36;
	}
	crypto_hmac_sha256(digest, key, text, strlen(text));
	ticket_encode(secret + NUMBER_LEN, digest, TICKET_SECRET_LEN - NUMBER_LEN);
}

static void add_refresh(struct session_tokens *tokens, const struct session_store *store,
			const struct session_family *family)
{
	auto_ticket struct ticket ticket = TICKET_EMPTY;

	if (family->generation == 0)
		return;
	memcpy(ticket.id, family->id, sizeof(ticket.id));
	make_secret(ticket.secret, store, family->id, family->generation);
	ticket_write(&tokens->refresh, SESSION_REFRESH_KIND, &ticket);
	tokens->refresh_expires_s = family->expires_ms / 1000;
}

/* What is stored comes first: a token that nobody remembers must not be out. */
static int give(struct session_tokens *tokens, const struct session_store *store,
		const struct session_family *family, int64_t now_ms, struct error *err)
{
	auto_session_tokens struct session_tokens made = SESSION_TOKENS_EMPTY;

	if (add_access(&made, store, family, now_ms, err) < 0 ||
	    session_family_save(family, store->dir, store->seal_key, err) < 0)
		return -1;
	add_refresh(&made, store, family);
	memcpy(made.id, family->id, sizeof(made.id));
	session_tokens_wipe(tokens);
	*tokens = made;
	made = (struct session_tokens)SESSION_TOKENS_EMPTY;
	return 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int check_wish(const struct session_wish *wish, struct error *err)
{
	const struct principal *principal = wish->principal;
	struct str_view subject = { principal->subject, 0 };
	struct str_view audience = { wish->audience, strlen(wish->audience) };

	subject.len = subject.data ? strlen(subject.data) : 0;
	if (!principal_is_subject(subject))
		return error_set(err, ERROR_USAGE,
				 "a session wants a subject of 1 to %d printable bytes",
				 PRINCIPAL_SUBJECT_MAX);
	if (!principal_is_subject(audience) || audience.len > SESSION_AUDIENCE_MAX)
		return error_set(err, ERROR_USAGE,
				 "a session wants an audience of 1 to %d printable bytes",
				 SESSION_AUDIENCE_MAX);
	if (principal->roles == 0)
		return error_set(err, ERROR_USAGE, "a session wants a role");
	return 0;
}

int session_issue(struct session_tokens *tokens, const struct session_store *store,
		  const struct session_wish *wish, struct error *err)
{
	auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
	auto_ticket struct ticket ticket = TICKET_EMPTY;
	int64_t lives_ms = (wish->once ? SESSION_ACCESS_S : SESSION_REFRESH_S) * 1000LL;

	if (check_wish(wish, err) < 0)
		return -1;
	do {
		ticket_make(&ticket, wish->now_ms / 1000);
	} while (faccessat(store->dir, ticket.id, F_OK, 0) == 0);
	memcpy(family.id, ticket.id, sizeof(family.id));
	family.principal.subject = str_dup(wish->principal->subject);
	family.principal.name_space = str_dup(wish->principal->name_space);
	family.principal.roles = wish->principal->roles;
	family.audience = str_dup(wish->audience);
	family.generation = wish->once ? 0 : 1;
	family.created_ms = wish->now_ms;
	family.ends_ms = wish->now_ms + SESSION_END_S * 1000LL;
	if (wish->until_ms)
		family.ends_ms = earlier(family.ends_ms, wish->until_ms);
	family.expires_ms = earlier(wish->now_ms + lives_ms, family.ends_ms);
	return give(tokens, store, &family, wish->now_ms, err);
}

static char *revoked_path(const char *id)
{
	return path_join(REVOKED, id);
}

bool session_is_revoked(const struct session_store *store, const char *id)
{
	auto_free char *path = revoked_path(id);

	return faccessat(store->dir, path, F_OK, 0) == 0 || errno != ENOENT;
}

int session_revoke(const struct session_store *store, const char *id, const char *reason,
		   int64_t now_ms, struct error *err)
{
	auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
	auto_free char *path = revoked_path(id);
	auto_buf struct buf text = BUF_EMPTY;
	char date[DATE_LEN] = "";

	if (session_load(&family, store, id, err) < 0)
		return -1;
	if (session_is_revoked(store, id))
		return 0;
	date_format(date, now_ms);
	buf_add_format(&text, "%s %s\n", date, reason);
	return file_replace(store->dir, path, text.data, text.len, 0600, err);
}

/* Is the API key behind it good?  Its rights may be others by now. */
static int look_up_apikey(struct session_family *family,
			  const struct session_store *store, int64_t now_ms,
			  struct error *err)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	const char *subject = family->principal.subject;
	const char *problem = NULL;

	if (!str_starts(subject, APIKEY_SUBJECT))
		return 0;
	if (apikey_load(&key, &store->keys, subject + strlen(APIKEY_SUBJECT), err) < 0)
		return -1;
	problem = apikey_problem(&key, now_ms);
	if (problem)
		return error_set(err, ERROR_ABSENT, "API key %s %s", key.id, problem);
	apikey_principal(&family->principal, &key);
	return 0;
}

/* Which of the session's tokens is it?  0: none. */
static uint64_t generation_of(const struct ticket *ticket,
			      const struct session_store *store)
{
	char want[TICKET_SECRET_LEN + 1] = "";
	uint64_t generation = 0;

	for (int i = 0; i < NUMBER_LEN; i++) {
		char c = ticket->secret[i];

		if (c >= 'A' && c <= 'Z')
			return 0;
		generation =
			generation * 36 + (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	make_secret(want, store, ticket->id, generation);
	return crypto_equal(want, ticket->secret, TICKET_SECRET_LEN) ? generation : 0;
}

/* A token that was used before was stolen, from us or from them. */
static int refuse_reuse(const struct session_store *store, const char *id, int64_t now_ms,
			struct error *err)
{
	if (session_revoke(store, id, "reuse of a refresh token", now_ms, err) < 0)
		return -1;
	return error_set(err, ERROR_ABSENT,
			 "this refresh token of session %s was used before: the session "
			 "is revoked",
			 id);
}

static int refresh_locked(struct session_tokens *tokens,
			  const struct session_store *store, const struct ticket *ticket,
			  int64_t now_ms, struct error *err)
{
	auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
	uint64_t generation = generation_of(ticket, store);

	if (generation == 0)
		return error_set(err, ERROR_ABSENT, "no refresh token of ours");
	if (session_load(&family, store, ticket->id, err) < 0)
		return -1;
	if (session_is_revoked(store, ticket->id))
		return error_set(err, ERROR_ABSENT, "session %s is revoked", ticket->id);
	/* Without grace there is none, not even by clocks that were read before the lock. */
	if (generation != family.generation &&
	    (store->grace_ms <= 0 ||
	     !session_family_was(&family, generation, now_ms - store->grace_ms)))
		return refuse_reuse(store, ticket->id, now_ms, err);
	if (family.expires_ms <= now_ms || generation == GENERATION_MAX)
		return error_set(err, ERROR_ABSENT, "session %s has expired", ticket->id);
	if (look_up_apikey(&family, store, now_ms, err) < 0)
		return -1;
	if (generation != family.generation)
		return give(tokens, store, &family, now_ms, err);
	family.generation++;
	family.refreshed_ms = now_ms;
	family.expires_ms = earlier(now_ms + SESSION_REFRESH_S * 1000LL, family.ends_ms);
	return give(tokens, store, &family, now_ms, err);
}

int session_refresh(struct session_tokens *tokens, const struct session_store *store,
		    struct str_view text, int64_t now_ms, struct error *err)
{
	auto_ticket struct ticket ticket = TICKET_EMPTY;
	auto_close int lock = -1;

	if (ticket_read(&ticket, SESSION_REFRESH_KIND, text, err) < 0) {
		(void)error_wrap(err, "no refresh token");
		err->kind = ERROR_ABSENT;
		return -1;
	}
	if (file_lock(&lock, store->dir, LOCK, err) < 0)
		return -1;
	return refresh_locked(tokens, store, &ticket, now_ms, err);
}

static int is_session(const struct dirent *entry)
{
	return ticket_is_id(entry->d_name);
}

int session_ids(struct buf *ids, const struct session_store *store, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandirat(store->dir, ".", &entries, is_session, alphasort);

	if (count < 0)
		return error_errno(err, "read the sessions");
	for (int i = 0; i < count; i++) {
		buf_add_format(ids, "%s\n", entries[i]->d_name);
		free(entries[i]);
	}
	free((void *)entries);
	return 0;
}

int session_load(struct session_family *family, const struct session_store *store,
		 const char *id, struct error *err)
{
	return session_family_load(family, store->dir, id, store->seal_key, err);
}

/* The mark of its revocation goes last: no token of it lives as long. */
static int forget(const struct session_store *store, const char *id, struct error *err)
{
	auto_free char *path = revoked_path(id);

	if (unlinkat(store->dir, id, 0) < 0 && errno != ENOENT)
		return error_errno(err, "remove session %s", id);
	(void)unlinkat(store->dir, path, 0); /* most were not revoked */
	return 0;
}

int session_prune(size_t *count, const struct session_store *store, int64_t before_ms,
		  struct error *err)
{
	auto_buf struct buf ids = BUF_EMPTY;
	const char *rest = NULL;
	size_t removed = 0;

	if (session_ids(&ids, store, err) < 0)
		return -1;
	for (rest = buf_str(&ids); rest;) {
		auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
		struct str_view line = str_split(&rest, '\n');
		auto_free char *id = str_format("%.*s", (int)line.len, line.data);
		struct error ignored = { 0 };

		/* one that cannot be read is for a person to look at */
		if (line.len == 0 || session_load(&family, store, id, &ignored) < 0 ||
		    family.expires_ms + SESSION_ACCESS_S * 1000LL >= before_ms)
			continue;
		if (forget(store, id, err) < 0)
			return -1;
		removed++;
	}
	*count = removed;
	return 0;
}
