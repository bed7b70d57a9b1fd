#ifndef LIB_APIKEY_RECORD_H
#define LIB_APIKEY_RECORD_H

#include <stdint.h>

#include "lib/str.h"

struct apikey;
struct buf;
struct error;

/* What is in the file of an API key, see lib/identity_record.h. */
#define APIKEY_RECORD_MAX 4096 /* bytes */

void apikey_record_write(struct buf *out, const struct apikey *key,
			 const uint8_t *seal_key);

/* ERROR_DENIED when it is not what was written. */
int apikey_record_read(struct apikey *key, struct str_view text, const uint8_t *seal_key,
		       struct error *err);

#endif
