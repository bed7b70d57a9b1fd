#include "bin/tokenmint/trail.h"

#include <unistd.h>

#include "lib/audit.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/log.h"

static void begin(struct audit *audit, const char *event)
{
	audit_start(audit, event, date_now_ms());
	json_write_u64(&audit->writer, "uid", getuid());
	json_write_u64(&audit->writer, "pid", (uint64_t)getpid());
}

static void append(struct audit *audit, const struct layout *layout)
{
	struct error err = { 0 };

	if (audit_write(audit, layout, &err) < 0)
		log_warning("%s, ignoring", err.message); /* see the header */
}

static void write_wish(struct audit *audit, const struct token_wish *wish)
{
	const struct buf *body = &wish->scope->body;

	json_write_u64(&audit->writer, "installation_id", wish->installation->id);
	json_write_string(&audit->writer, "owner", wish->installation->owner);
	json_write_string(&audit->writer, "app", wish->installation->app);
	if (body->len > 0)
		json_write_raw(&audit->writer, "scope", body->data, body->len);
	else
		json_write_null(&audit->writer, "scope");
}

void trail_minted(const struct mint *mint, const struct token_wish *wish,
		  const struct vault_secret *token)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };
	char date[DATE_LEN] = "";

	date_format(date, token->expires_ms);
	begin(&audit, "mint");
	write_wish(&audit, wish);
	audit_token(&audit, (struct str_view){ token->bytes.data, token->bytes.len });
	json_write_string(&audit.writer, "expires_at", date);
	append(&audit, &mint->layout);
}

void trail_refused(const struct mint *mint, const struct token_wish *wish,
		   const struct error *why)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };

	if (why->kind != ERROR_DENIED && why->kind != ERROR_ABSENT &&
	    why->kind != ERROR_DATA)
		return; /* it was not GitHub's decision */
	begin(&audit, "refuse");
	write_wish(&audit, wish);
	json_write_string(&audit.writer, "reason", why->message);
	append(&audit, &mint->layout);
}

void trail_revoked(const struct layout *layout, const char *name, struct str_view token,
		   const char *outcome)
{
	auto_audit struct audit audit = { .line = BUF_EMPTY };

	begin(&audit, "revoke");
	json_write_string(&audit.writer, "name", name);
	audit_token(&audit, token);
	json_write_string(&audit.writer, "outcome", outcome);
	append(&audit, layout);
}
