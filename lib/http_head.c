#include "lib/http_head.h"

#include <string.h>

#include "lib/http_exchange.h"
#include "lib/str.h"

struct head {
	size_t size;
	unsigned lines;
	unsigned lengths;
	unsigned codings;
	unsigned hosts;
	const char *end; /* of the last value */
	bool is_plain;	 /* every line is "name: value", CR and LF */
};

/* RFC 9110 5.6.2 */
static bool is_token(const char *text, size_t len)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char letter = (unsigned char)text[i];
		bool is_alnum = (letter >= '0' && letter <= '9') ||
				((letter | 32) >= 'a' && (letter | 32) <= 'z');

		if (!is_alnum && (!letter || !strchr(marks, letter)))
			return false;
	}
	return len > 0;
}

static bool is_text(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 127)
			return false;
	}
	return true;
}

/*
 * libmicrohttpd before 1.0 takes CR or LF alone for the end of a line, cuts a value off at a
 * NUL, and joins folded lines, and tells nobody.  But it reads in place: in its buffer each
 * end of a line has become NULs.  So a plain line begins behind two of them, two bytes behind
 * the end of the one before.  (Later ones refuse all of these themselves.)
 */
static bool reads_in_place(void)
{
	return str_starts(MHD_get_version(), "0.");
}

static bool follows(const struct head *head, const char *name)
{
	return name[-1] == '\0' && name[-2] == '\0' &&
	       (!head->end || name == head->end + 2);
}

/* NOLINTNEXTLINE(readability-function-size): it has libmicrohttpd's parameters */
static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *name,
			    size_t name_len, const char *value, size_t value_len)
{
	struct head *head = context;

	(void)kind;
	head->lines++;
	head->lengths += str_equal_nocase(name, MHD_HTTP_HEADER_CONTENT_LENGTH);
	head->codings += str_equal_nocase(name, MHD_HTTP_HEADER_TRANSFER_ENCODING);
	head->hosts += str_equal_nocase(name, MHD_HTTP_HEADER_HOST);
	if (!is_token(name, name_len) || !is_text(value, value_len) ||
	    (reads_in_place() && !follows(head, name)))
		head->is_plain = false;
	head->end = value + value_len;
	return MHD_YES;
}

/* The head is as long as what was seen of it, and has its empty line. */
static bool ends_well(const struct http_exchange *exchange, const struct head *head)
{
	return !head->end || !reads_in_place() ||
	       exchange->method + head->size == head->end + 4;
}

static bool is_too_large(const struct head *head, const struct http_limits *limits)
{
	return (limits->head_lines && head->lines > limits->head_lines) ||
	       (limits->head_bytes && head->size > limits->head_bytes);
}

static void refuse(struct http_exchange *exchange, unsigned status, const char *code,
		   const char *message)
{
	exchange->last = true;
	http_answer_error(exchange, status, code, message);
}

void http_head_check(struct http_exchange *exchange, const struct http_limits *limits)
{
	const char *coding = http_header(exchange, MHD_HTTP_HEADER_TRANSFER_ENCODING);
	const union MHD_ConnectionInfo *size = MHD_get_connection_info(
		exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct head head = { .size = size ? size->header_size : 0, .is_plain = true };

	(void)MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, look,
					  &head);
	if (is_too_large(&head, limits))
		refuse(exchange, 431, "head_too_large",
		       "the request has too many headers or too long ones");
	else if (!head.is_plain || !ends_well(exchange, &head) || head.hosts > 1)
		refuse(exchange, 400, "bad_head", "the request's head is malformed");
	else if (head.lengths > 1 || head.codings > 1 || (head.lengths && coding))
		refuse(exchange, 400, "bad_length", "the request gives its length twice");
	else if (coding && !str_equal_nocase(coding, "chunked"))
		refuse(exchange, 400, "bad_encoding",
		       "of transfer encodings only chunked is understood");
}
