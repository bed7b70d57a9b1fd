#include "bin/tokenmint-login/visitor.h"

#include "lib/json_object.h"
#include "lib/json_write.h"
#include "lib/place.h"

static const struct {
	unsigned status;
	const char *code;
	const char *message;
} faults[] = {
	[VISITOR_BAD_LOGIN] = { 400, "bad_login",
				"this is not the login that began in this browser, or "
				"it began too long ago: POST /login" },
	[VISITOR_DENIED] = { 403, "denied", "the login was denied" },
	[VISITOR_NOT_ALLOWED] = { 403, "not_allowed",
				  "whoever this is, no rule lets them in here" },
	[VISITOR_NO_SESSION] = { 401, "unauthorized",
				 "the session is over: POST /login" },
	[VISITOR_ISSUER_AWAY] = { 503, "issuer_unavailable",
				  "the issuer cannot be reached now, or wants the login "
				  "to begin anew" },
	[VISITOR_ISSUER_WRONG] = { 502, "issuer_error",
				   "the issuer's answer makes no sense" },
	[VISITOR_MISCONFIGURED] = { 500, "misconfigured",
				    "the login is not set up as it should be; the "
				    "server's log says more" },
	[VISITOR_UNAVAILABLE] = { 503, "unavailable", "not now; try again" },
};

void visitor_wipe(struct visitor *visitor)
{
	buf_wipe(&visitor->text);
	login_settings_free(&visitor->settings);
	visitor->question = (struct str_view){ NULL, 0 };
}

int visitor_read(struct visitor *visitor, struct error *err)
{
	const char *problem = NULL;

	(void)buf_room(&visitor->text, VISITOR_QUESTION_MAX);
	if (place_read_secret(&visitor->text, VISITOR_QUESTION_MAX, err) < 0)
		return -1;
	visitor->question =
		(struct str_view){ buf_str(&visitor->text), visitor->text.len };
	if (!json_object_is_sound(visitor->question, &problem))
		return error_set(err, ERROR_USAGE,
				 "standard input wants to be a question: it %s", problem);
	return 0;
}

int visitor_read_settings(struct visitor *visitor, struct error *err)
{
	struct str_view raw = { NULL, 0 };

	if (visitor_read(visitor, err) < 0)
		return -1;
	if (!json_object_find(&raw, visitor->question, "settings"))
		return error_set(err, ERROR_USAGE, "the question has no 'settings'");
	if (login_settings_read(&visitor->settings, raw, err) < 0)
		return error_wrap(err, "settings of the login");
	return 0;
}

int visitor_text(struct buf *out, const struct visitor *visitor, const char *name,
		 struct error *err)
{
	struct str_view raw = { NULL, 0 };

	(void)buf_room(out, visitor->question.len + 1); /* no copies stay behind */
	if (!json_object_find(&raw, visitor->question, name) ||
	    !json_object_text(out, raw))
		return error_set(err, ERROR_USAGE, "the question has no text '%s'", name);
	return 0;
}

enum visitor_fault visitor_issuer_fault(enum error_kind kind)
{
	switch (kind) {
	case ERROR_TEMPORARY:
		return VISITOR_ISSUER_AWAY;
	case ERROR_DENIED:
		return VISITOR_DENIED;
	case ERROR_ABSENT:
	case ERROR_DATA:
		return VISITOR_ISSUER_WRONG;
	case ERROR_CONFIG:
	case ERROR_USAGE:
		return VISITOR_MISCONFIGURED;
	case ERROR_NONE:
	case ERROR_BUG:
	case ERROR_SYSTEM:
	default:
		return VISITOR_UNAVAILABLE;
	}
}

int visitor_refuse(enum visitor_fault fault)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	struct error ignored = { 0 }; /* the status says it, too */

	json_write_object(&writer, NULL);
	json_write_object(&writer, "error");
	json_write_u64(&writer, "status", faults[fault].status);
	json_write_string(&writer, "code", faults[fault].code);
	json_write_string(&writer, "message", faults[fault].message);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	(void)place_write(&out, &ignored);
	return -1;
}
