#ifndef BIN_HOOKROUTE_STATUS_WRITE_H
#define BIN_HOOKROUTE_STATUS_WRITE_H

#include <stdint.h>

struct buf;
struct figures_all;

/* `hookroute status`: for people, and as one JSON object. */
void status_write_text(struct buf *out, const struct figures_all *figures,
		       int64_t now_ms);
void status_write_json(struct buf *out, const struct figures_all *figures,
		       int64_t now_ms);

#endif
