#ifndef BIN_TOKENMINT_LOGIN_VISITOR_H
#define BIN_TOKENMINT_LOGIN_VISITOR_H

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/login_settings.h"

struct json_writer;
struct session_tokens;

/*
 * What a server asks about its visitors: one JSON object on standard input, and one on standard
 * output, an {"error":{"status":...,"code":...,"message":...}} that it may show them among these.
 */
#define VISITOR_QUESTION_MAX (512 * 1024)

struct visitor {
	struct buf text;
	struct str_view question; /* in text */
	struct login_settings settings;
};

#define VISITOR_EMPTY                                                                    \
	{                                                                                \
		BUF_EMPTY, { NULL, 0 }, LOGIN_SETTINGS_EMPTY                             \
	}
#define auto_visitor __attribute__((cleanup(visitor_wipe)))

void visitor_wipe(struct visitor *visitor);

/* ERROR_USAGE when it is no question. */
int visitor_read(struct visitor *visitor, struct error *err);

/* The same with the member "settings", those of a server. */
int visitor_read_settings(struct visitor *visitor, struct error *err);

/* Append a member that is a string; ERROR_USAGE when there is none. */
int visitor_text(struct buf *out, const struct visitor *visitor, const char *name,
		 struct error *err);

/* How a visitor may fail. */
enum visitor_fault {
	VISITOR_BAD_LOGIN,
	VISITOR_DENIED,
	VISITOR_NOT_ALLOWED,
	VISITOR_NO_SESSION,
	VISITOR_ISSUER_AWAY,
	VISITOR_ISSUER_WRONG,
	VISITOR_MISCONFIGURED,
	VISITOR_UNAVAILABLE,
};

/* What a failure of the issuer's is to a visitor. */
enum visitor_fault visitor_issuer_fault(enum error_kind kind);

/* Answer with it; always -1, so that err decides about the status. */
int visitor_refuse(enum visitor_fault fault);

#endif
