#ifndef LIB_HTTP_HEAD_H
#define LIB_HTTP_HEAD_H

struct http_exchange;
struct http_limits;

/*
 * Is the head of a request one that everybody reads the same way, and not too large?  A
 * proxy in front of us that reads another request than we do could be led to smuggle one.
 * What is not is answered, 400 or 431, and its connection is closed.  Inside of http_server.
 */
void http_head_check(struct http_exchange *exchange, const struct http_limits *limits);

#endif
