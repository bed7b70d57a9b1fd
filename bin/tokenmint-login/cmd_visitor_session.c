#include "bin/tokenmint-login/commands.h"
#include "bin/tokenmint-login/options.h"
#include "bin/tokenmint-login/visitor.h"
#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/place.h"
#include "lib/session.h"
#include "lib/session_write.h"

#define ANSWER_MAX 8192
#define GRACE_MS 30000 /* the requests of a browser that come together */

static int refresh(struct session_tokens *tokens, const struct session_store *store,
		   const struct visitor *visitor, const struct options *options,
		   struct error *err)
{
	auto_secret struct buf text = BUF_EMPTY;

	if (visitor_text(&text, visitor, "refresh_token", err) < 0)
		return -1;
	return session_refresh(tokens, store,
			       (struct str_view){ buf_str(&text), text.len },
			       options->now_ms, err);
}

static int open_store(struct session_store *store, struct visitor *visitor,
		      const struct place *place, struct error *err)
{
	if (visitor_read(visitor, err) < 0 ||
	    session_store_open(store, &place->layout, &place->vault, err) < 0)
		return visitor_refuse(VISITOR_UNAVAILABLE);
	store->grace_ms = GRACE_MS;
	return 0;
}

int cmd_visitor_refresh(const struct options *options, const struct place *place,
			struct error *err)
{
	auto_visitor struct visitor visitor = VISITOR_EMPTY;
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_secret struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	if (open_store(&store, &visitor, place, err) < 0)
		return -1;
	if (refresh(&tokens, &store, &visitor, options, err) < 0)
		return visitor_refuse(err->kind == ERROR_ABSENT ? VISITOR_NO_SESSION
								: VISITOR_UNAVAILABLE);
	(void)buf_room(&out, ANSWER_MAX);
	json_write_object(&writer, NULL);
	session_write_tokens(&writer, &tokens, options->now_ms);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}

/* Whose refresh token is good has a session to end; one that is not has none any more. */
static int revoke(const struct session_store *store, const struct visitor *visitor,
		  const struct options *options, struct error *err)
{
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_buf struct buf id = BUF_EMPTY;
	struct str_view raw = { NULL, 0 };

	if (json_object_find(&raw, visitor->question, "session")) {
		if (visitor_text(&id, visitor, "session", err) < 0)
			return -1;
	} else if (refresh(&tokens, store, visitor, options, err) < 0) {
		return -1;
	} else {
		buf_add_str(&id, tokens.id);
	}
	if (session_revoke(store, buf_str(&id), "logout", options->now_ms, err) < 0)
		return -1;
	log_notice("session %s ends: logout", buf_str(&id));
	return 0;
}

int cmd_visitor_end(const struct options *options, const struct place *place,
		    struct error *err)
{
	auto_visitor struct visitor visitor = VISITOR_EMPTY;
	auto_session_store struct session_store store = SESSION_STORE_NONE;
	auto_buf struct buf out = BUF_EMPTY;

	if (open_store(&store, &visitor, place, err) < 0)
		return -1;
	if (revoke(&store, &visitor, options, err) < 0 && err->kind != ERROR_ABSENT)
		return visitor_refuse(VISITOR_UNAVAILABLE);
	buf_add_str(&out, "{\"ended\":true}\n");
	return place_write(&out, err);
}
