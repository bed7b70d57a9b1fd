#include "bin/hookroute/evaluator_frame.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"

struct head {
	uint32_t n;
	uint32_t with;
	uint32_t latest;
};

/* Its length with the NUL, 0 for NULL; then its bytes with the NUL. */
static void add_text(struct buf *out, const char *text)
{
	uint32_t len = text ? (uint32_t)strlen(text) + 1 : 0;

	buf_add(out, &len, sizeof(len));
	if (len)
		buf_add(out, text, len);
}

void frame_add_deliveries(struct buf *out, const struct deliveries *deliveries)
{
	size_t i;

	for (i = 0; i < deliveries->count; i++) {
		const struct delivery *delivery = &deliveries->list[i];
		const struct head head = { delivery->n, (uint32_t)delivery->with,
					   delivery->latest };

		buf_add(out, &head, sizeof(head));
		add_text(out, delivery->route);
		add_text(out, delivery->to);
		add_text(out, delivery->send);
		add_text(out, delivery->lane);
		add_text(out, delivery->problem);
	}
}

static bool take(void *into, struct str_view *bytes, size_t len)
{
	if (bytes->len < len)
		return false;
	memcpy(into, bytes->data, len);
	bytes->data += len;
	bytes->len -= len;
	return true;
}

static bool take_text(char **text, struct str_view *bytes)
{
	uint32_t len = 0;

	if (!take(&len, bytes, sizeof(len)) || bytes->len < len)
		return false;
	if (!len)
		return true;
	*text = malloc(len);
	if (!*text)
		abort();
	(void)take(*text, bytes, len);
	return (*text)[len - 1] == '\0';
}

static bool read_one(struct delivery *delivery, struct str_view *bytes)
{
	struct head head = { 0, 0, 0 };

	if (!take(&head, bytes, sizeof(head)) || head.with > WITH_EVENT)
		return false;
	delivery->n = head.n;
	delivery->with = (enum delivery_with)head.with;
	delivery->latest = head.latest != 0;
	return take_text(&delivery->route, bytes) && take_text(&delivery->to, bytes) &&
	       take_text(&delivery->send, bytes) && take_text(&delivery->lane, bytes) &&
	       take_text(&delivery->problem, bytes);
}

bool frame_read_deliveries(struct deliveries *deliveries, struct str_view bytes)
{
	while (bytes.len) {
		if (!read_one(deliveries_add(deliveries), &bytes))
			return false;
	}
	return true;
}
