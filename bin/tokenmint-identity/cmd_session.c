#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint-identity/commands.h"
#include "bin/tokenmint-identity/options.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/jws.h"
#include "lib/log.h"
#include "lib/place.h"
#include "lib/role.h"
#include "lib/session.h"
#include "lib/session_family.h"
#include "lib/session_keys.h"
#include "lib/session_verify.h"
#include "lib/session_write.h"

#define SECRET_LIMIT JWS_TOKEN_MAX
#define ROW "%-12s  %-30s  %-14s  %-20s  %-20s  %-16s  %s\n"

static int open_store(struct session_store *store, const struct place *place,
		      struct error *err)
{
	return session_store_open(store, &place->layout, &place->vault, err);
}

static int give(const struct session_tokens *tokens, int64_t now_ms, struct error *err)
{
	auto_secret struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	(void)buf_room(&out, tokens->access.len + tokens->refresh.len + 1024);
	json_write_object(&writer, NULL);
	session_write_tokens(&writer, tokens, now_ms);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

/* A key on standard input says who it is. */
static int read_principal(struct principal *principal, int64_t *until_ms,
			  const struct session_store *store,
			  const struct options *options, struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;
	auto_apikey struct apikey key = APIKEY_EMPTY;

	if (place_read_secret(&text, SECRET_LIMIT, err) < 0 ||
	    apikey_verify(&key, &store->keys,
			  (struct str_view){ buf_str(&text), text.len }, options->now_ms,
			  err) < 0)
		return -1;
	apikey_principal(principal, &key);
	*until_ms = key.expires_ms;
	return 0;
}

static void name_principal(struct principal *principal, const struct options *options)
{
	principal->subject = str_dup(options->subject);
	principal->name_space = str_dup(options->name_space);
	principal->roles = options->roles ? options->roles : ROLE_SET(ROLE_VIEWER);
}

int cmd_session_issue(const struct options *options, const struct place *place,
		      struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	struct session_wish wish = { .principal = &principal,
				     .audience = options->audience,
				     .once = options->once,
				     .now_ms = options->now_ms };

	if (!options->audience)
		return error_set(err, ERROR_USAGE, "for whom?  --audience NAME");
	if (!options->subject && (options->roles || options->name_space))
		return error_set(err, ERROR_USAGE,
				 "--role and --namespace go with --subject: an API key "
				 "has its own");
	if (open_store(&store, place, err) < 0)
		return -1;
	if (options->subject)
		name_principal(&principal, options);
	else if (read_principal(&principal, &wish.until_ms, &store, options, err) < 0)
		return -1;
	if (session_issue(&tokens, &store, &wish, err) < 0)
		return -1;
	return give(&tokens, options->now_ms, err);
}

int cmd_session_refresh(const struct options *options, const struct place *place,
			struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;

	if (place_read_secret(&text, SECRET_LIMIT, err) < 0 ||
	    open_store(&store, place, err) < 0 ||
	    session_refresh(&tokens, &store,
			    (struct str_view){ buf_str(&text), text.len },
			    options->now_ms, err) < 0)
		return -1;
	return give(&tokens, options->now_ms, err);
}

int cmd_session_verify(const struct options *options, const struct place *place,
		       struct error *err)
{
	auto_session_verifier struct session_verifier verifier = SESSION_VERIFIER_NONE;
	auto_session struct session session = SESSION_EMPTY;
	struct session_proof proof = { .audience = options->audience,
				       .now_ms = options->now_ms };
	auto_secret struct buf text = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	char date[DATE_LEN] = "";

	if (!options->audience)
		return error_set(err, ERROR_USAGE, "who are you?  --audience NAME");
	if (place_read_secret(&text, SECRET_LIMIT, err) < 0)
		return err->kind == ERROR_DATA
			       ? error_set(err, ERROR_ABSENT, "no session: too long")
			       : -1;
	proof.token = (struct str_view){ buf_str(&text), text.len };
	if (session_verifier_open(&verifier, &place->layout, err) < 0 ||
	    session_verify(&session, &verifier, &proof, err) < 0)
		return -1;
	date_format(date, session.expires_s * 1000);
	json_write_object(&writer, NULL);
	principal_write(&writer, &session.principal);
	json_write_string(&writer, "session", session.id);
	json_write_string(&writer, "expires_at", date);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

/* One session as a line of JSON, or of the table. */
static void add_session(struct buf *out, const struct session_store *store,
			const struct session_family *family,
			const struct options *options)
{
	struct json_writer writer = JSON_WRITER(out);
	auto_buf struct buf roles = BUF_EMPTY;
	const char *state = session_is_revoked(store, family->id)   ? "is revoked"
			    : family->expires_ms <= options->now_ms ? "has expired"
								    : "is good";
	char created[DATE_LEN] = "";
	char expires[DATE_LEN] = "";

	date_format(created, family->created_ms);
	date_format(expires, family->expires_ms);
	if (!options->json) {
		principal_add_roles(&roles, family->principal.roles);
		buf_add_format(out, ROW, family->id, family->principal.subject,
			       family->principal.name_space ? family->principal.name_space
							    : "-",
			       buf_str(&roles), family->audience, expires, state);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", family->id);
	principal_write(&writer, &family->principal);
	json_write_string(&writer, "audience", family->audience);
	json_write_u64(&writer, "refreshed",
		       family->generation ? family->generation - 1 : 0);
	json_write_string(&writer, "created_at", created);
	json_write_string(&writer, "expires_at", expires);
	json_write_bool(&writer, "usable", str_equal(state, "is good"));
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* What is done with each session that is looked for. */
typedef int visit_fn(struct buf *out, const struct session_store *store,
		     const struct session_family *family, const struct options *options,
		     struct error *err);

static int show(struct buf *out, const struct session_store *store,
		const struct session_family *family, const struct options *options,
		struct error *err)
{
	(void)err;
	add_session(out, store, family, options);
	return 0;
}

static int revoke(struct buf *out, const struct session_store *store,
		  const struct session_family *family, const struct options *options,
		  struct error *err)
{
	(void)out;
	if (family->expires_ms <= options->now_ms ||
	    session_is_revoked(store, family->id))
		return 0;
	if (session_revoke(store, family->id, "by hand", options->now_ms, err) < 0)
		return -1;
	log_notice("session %s of %s is revoked", family->id, family->principal.subject);
	return 0;
}

static bool is_wanted(const struct session_family *family, const struct options *options)
{
	return (!options->after || strcmp(family->id, options->after) > 0) &&
	       (!options->subject ||
		str_equal(family->principal.subject, options->subject));
}

static int visit_all(struct buf *out, visit_fn *visit, const struct session_store *store,
		     const struct options *options, struct error *err)
{
	auto_buf struct buf ids = BUF_EMPTY;
	uint64_t left = options->limit;
	const char *rest = NULL;

	if (session_ids(&ids, store, err) < 0)
		return -1;
	for (rest = buf_str(&ids); rest && left > 0;) {
		auto_session_family struct session_family family = SESSION_FAMILY_EMPTY;
		struct str_view line = str_split(&rest, '\n');
		auto_free char *id = str_format("%.*s", (int)line.len, line.data);
		struct error bad = { 0 };

		if (line.len == 0)
			continue;
		if (session_load(&family, store, id, &bad) < 0) {
			log_warning("%s, ignoring", bad.message);
			continue;
		}
		if (!is_wanted(&family, options))
			continue;
		if (visit(out, store, &family, options, err) < 0)
			return -1;
		left--;
	}
	return 0;
}

int cmd_session_list(const struct options *options, const struct place *place,
		     struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_buf struct buf out = BUF_EMPTY;

	if (open_store(&store, place, err) < 0)
		return -1;
	if (!options->json)
		buf_add_format(&out, ROW, "ID", "SUBJECT", "NAMESPACE", "ROLES",
			       "AUDIENCE", "EXPIRES", "STATE");
	if (visit_all(&out, show, &store, options, err) < 0)
		return -1;
	return place_write(&out, err);
}

int cmd_session_revoke(const struct options *options, const struct place *place,
		       struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	size_t ways = options->operand_count + !!options->subject + options->all;

	if (ways != 1)
		return error_set(err, ERROR_USAGE,
				 "revoke which?  an ID, --subject NAME or --all");
	if (open_store(&store, place, err) < 0)
		return -1;
	if (options->operand_count == 0)
		return visit_all(&out, revoke, &store, options, err);
	if (session_revoke(&store, options->operands[0], "by hand", options->now_ms,
			   err) < 0)
		return -1;
	log_notice("session %s is revoked", options->operands[0]);
	return 0;
}

int cmd_session_keys(const struct options *options, const struct place *place,
		     struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_secret struct buf set = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (open_store(&store, place, err) < 0 ||
	    session_keys_load(&set, &place->vault, store.dir, options->now_ms / 1000,
			      err) < 0)
		return -1;
	session_keys_public(&out, &set);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

int cmd_session_rotate(const struct options *options, const struct place *place,
		       struct error *err)
{
	auto_session_store struct session_store store = SESSION_STORE_NONE;

	if (open_store(&store, place, err) < 0 ||
	    session_keys_rotate(&place->vault, store.dir, options->algorithm,
				options->now_ms / 1000, err) < 0)
		return -1;
	log_notice("a new key signs sessions; what the %d before it signed is still good",
		   SESSION_KEYS_KEPT - 1);
	return 0;
}
