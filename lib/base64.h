#ifndef LIB_BASE64_H
#define LIB_BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Base 64 of RFC 4648: the standard alphabet with padding, and the URL alphabet
 * without (as JWT has it).  Decoding is strict: no other character, no missing
 * or superfluous padding, no stray bits in the last character.
 */
void base64_encode(struct buf *out, const void *bytes, size_t len);
void base64url_encode(struct buf *out, const void *bytes, size_t len);

/* Append the decoded bytes to out; false and out unchanged when the text is bad. */
bool base64_decode(struct buf *out, const char *text, size_t len);
bool base64url_decode(struct buf *out, const char *text, size_t len);

#endif
