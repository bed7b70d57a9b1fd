#include "lib/session_write.h"

#include "lib/json_write.h"
#include "lib/session.h"

void session_write_tokens(struct json_writer *writer, const struct session_tokens *tokens,
			  int64_t now_ms)
{
	json_write_string(writer, "access_token", buf_str(&tokens->access));
	json_write_string(writer, "token_type", "Bearer");
	json_write_i64(writer, "expires_in", tokens->access_expires_s - now_ms / 1000);
	if (tokens->refresh.len > 0) {
		json_write_string(writer, "refresh_token", buf_str(&tokens->refresh));
		json_write_i64(writer, "refresh_expires_in",
			       tokens->refresh_expires_s - now_ms / 1000);
	}
	json_write_string(writer, "session", tokens->id);
}
