#ifndef LIB_HEX_H
#define LIB_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lower-case hexadecimal.  out holds 2 * len + 1 bytes and ends with a NUL. */
void hex_encode(char *out, const uint8_t *bytes, size_t len);

/* Exactly len bytes from exactly 2 * len digits of either case; false otherwise
 * (out is then undefined). */
bool hex_decode(uint8_t *out, size_t len, const char *digits, size_t digits_len);

#endif
