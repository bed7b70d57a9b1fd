#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stddef.h>

/* The length of the UTF-8 sequence (RFC 3629) at text, of which left bytes are left, 1 or more;
 * 0 when there is none. */
size_t utf8_len(const unsigned char *text, size_t left);

#endif
