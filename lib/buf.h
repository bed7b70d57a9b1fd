#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stddef.h>
#include <stdint.h>

/*
 * Growing bytes.  All zeros (BUF_EMPTY) is the empty buffer; the bytes are
 * always followed by a NUL.  Out of memory ends the process with status 71, so
 * no caller has a branch for it.
 */
struct buf {
	char *data;
	size_t len; /* bytes in use, the NUL not counted */
	size_t cap;
};

#define BUF_EMPTY                                                                        \
	{                                                                                \
		NULL, 0, 0                                                               \
	}
#define auto_buf __attribute__((cleanup(buf_free)))
/* For secrets: the bytes are overwritten before they are freed. */
#define auto_secret __attribute__((cleanup(buf_wipe)))

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_str(struct buf *buf, const char *text);
void buf_add_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Make room for len more bytes and return where they go; see buf_grew. */
char *buf_room(struct buf *buf, size_t len);

/* Say that len bytes were written into the room. */
void buf_grew(struct buf *buf, size_t len);

/* The text; "" when empty.  Owned by buf, valid until it changes. */
const char *buf_str(const struct buf *buf);

/* Forget the first len bytes, or all but the first len. */
void buf_skip(struct buf *buf, size_t len);
void buf_cut(struct buf *buf, size_t len);

/* Empty it and keep the memory. */
void buf_clear(struct buf *buf);

/* Give the text to the caller, who frees it; buf is empty afterwards.  Never NULL. */
char *buf_take(struct buf *buf);

void buf_free(struct buf *buf);
void buf_wipe(struct buf *buf);

#endif
