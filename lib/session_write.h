#ifndef LIB_SESSION_WRITE_H
#define LIB_SESSION_WRITE_H

#include <stdint.h>

struct json_writer;
struct session_tokens;

/* What RFC 6749 5.1 answers, and the session's id: the members of an object that is begun. */
void session_write_tokens(struct json_writer *writer, const struct session_tokens *tokens,
			  int64_t now_ms);

#endif
