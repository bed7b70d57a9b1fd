#include "lib/http_exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/str.h"

const char *http_method(const struct http_exchange *exchange)
{
	return exchange->method;
}

const char *http_path(const struct http_exchange *exchange)
{
	return exchange->path;
}

const char *http_remote(const struct http_exchange *exchange)
{
	return exchange->peer->remote;
}

const char *http_header(const struct http_exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

const char *http_query(const struct http_exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND,
					   name);
}

bool http_length(const struct http_exchange *exchange, uint64_t *length)
{
	const char *text = http_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
	struct error ignored = { 0 };

	return text && str_to_u64(length, text, 0, UINT64_MAX, &ignored) == 0;
}

bool http_has_body(const struct http_exchange *exchange)
{
	uint64_t length = 0;

	if (http_header(exchange, MHD_HTTP_HEADER_TRANSFER_ENCODING))
		return true;
	return http_length(exchange, &length) && length > 0;
}

struct visit {
	void (*each)(const char *name, const char *value, void *data);
	void *data;
};

static enum MHD_Result visit(void *context, enum MHD_ValueKind kind, const char *name,
			     const char *value)
{
	const struct visit *visited = context;

	(void)kind;
	visited->each(name, value ? value : "", visited->data);
	return MHD_YES;
}

void http_each_header(const struct http_exchange *exchange,
		      void (*each)(const char *name, const char *value, void *data),
		      void *data)
{
	struct visit visited = { each, data };

	(void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, visit,
					&visited);
}

void http_each_query(const struct http_exchange *exchange,
		     void (*each)(const char *name, const char *value, void *data),
		     void *data)
{
	struct visit visited = { each, data };

	(void)MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND,
					visit, &visited);
}

void http_set_state(struct http_exchange *exchange, void *state)
{
	exchange->state = state;
}

void *http_state(const struct http_exchange *exchange)
{
	return exchange->state;
}

bool http_is_answered(const struct http_exchange *exchange)
{
	return exchange->answered;
}

const char *http_error_code(const struct http_exchange *exchange)
{
	return exchange->code;
}

unsigned http_status(const struct http_exchange *exchange)
{
	return exchange->status;
}

void http_answer_header(struct http_exchange *exchange, const char *name,
			const char *value)
{
	assert(!exchange->answered && exchange->headers < HTTP_ANSWER_HEADERS);
	exchange->names[exchange->headers] = str_dup(name);
	exchange->values[exchange->headers++] = str_dup(value);
}

void http_exchange_answer(struct http_exchange *exchange, unsigned status,
			  const char *type)
{
	unsigned i;

	exchange->status = status;
	exchange->answered = true;
	if (!exchange->response)
		return;
	if (type)
		(void)MHD_add_response_header(exchange->response, "Content-Type", type);
	for (i = 0; i < exchange->headers; i++)
		(void)MHD_add_response_header(exchange->response, exchange->names[i],
					      exchange->values[i]);
	if (exchange->last)
		(void)MHD_add_response_header(exchange->response, "Connection", "close");
	if (exchange->suspended) {
		exchange->suspended = false;
		exchange->peer->waiting = false;
		*exchange->resumed = true;
		MHD_resume_connection(exchange->connection);
	}
}

void http_answer(struct http_exchange *exchange, unsigned status, const char *type,
		 const void *bytes, size_t len)
{
	assert(!exchange->answered);
	/* The library copies the bytes; it takes no const. */
	exchange->response = MHD_create_response_from_buffer(
		len, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
	http_exchange_answer(exchange, status, type);
}

void http_answer_fault(struct http_exchange *exchange, unsigned status, const char *code,
		       const char *message)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&text);

	json_write_object(&writer, NULL);
	json_write_object(&writer, "error");
	json_write_string(&writer, "code", code);
	json_write_string(&writer, "message", message);
	json_write_object_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(&text, '\n');
	http_answer(exchange, status, "application/json", text.data, text.len);
}

void http_answer_error(struct http_exchange *exchange, unsigned status, const char *code,
		       const char *message)
{
	exchange->code = code;
	http_answer_fault(exchange, status, code, message);
}

enum MHD_Result http_exchange_queue(struct http_exchange *exchange)
{
	if (!exchange->response)
		return MHD_NO;
	exchange->queued = true;
	exchange->peer->answered = true;
	return MHD_queue_response(exchange->connection, exchange->status,
				  exchange->response);
}

void http_exchange_free(struct http_exchange *exchange)
{
	unsigned i;

	if (exchange->response)
		MHD_destroy_response(exchange->response);
	for (i = 0; i < exchange->headers; i++) {
		free(exchange->names[i]);
		free(exchange->values[i]);
	}
	free(exchange);
}

size_t http_exchange_unescape(void *context, struct MHD_Connection *connection,
			      char *text)
{
	size_t len = MHD_http_unescape(text);
	char *nul;

	(void)context;
	(void)connection;
	while ((nul = memchr(text, '\0', len)))
		*nul = '\1';
	return len;
}
