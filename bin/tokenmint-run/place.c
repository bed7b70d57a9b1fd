#include "bin/tokenmint-run/place.h"

#include <string.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/log.h"

int place_open(struct place *place, struct error *err)
{
	if (layout_read(&place->layout, err) < 0 ||
	    vault_open_layout(&place->vault, &place->layout, err) < 0)
		return -1;
	return apikey_store_open(&place->keys, &place->layout, &place->vault, err);
}

void place_close(struct place *place)
{
	apikey_store_close(&place->keys);
	vault_close(&place->vault);
	layout_free(&place->layout);
}

int place_write(const struct buf *text, struct error *err)
{
	return file_write(STDOUT_FILENO, buf_str(text), text->len, "standard output",
			  err);
}

static int visit_key(const struct place *place, const struct place_visit *visit,
		     const char *id, struct error *err)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	struct error bad = { 0 };

	if (apikey_load(&key, &place->keys, id, &bad) < 0) {
		if (bad.kind != ERROR_ABSENT) /* that one was removed meanwhile */
			log_warning("%s, ignoring", bad.message);
		return 0;
	}
	return visit->take(visit->context, &key, err);
}

int place_each_key(const struct place *place, const struct place_visit *visit,
		   struct error *err)
{
	auto_buf struct buf ids = BUF_EMPTY;
	const char *rest = NULL;

	if (apikey_ids(&ids, &place->keys, err) < 0)
		return -1;
	for (rest = buf_str(&ids); rest;) {
		struct str_view line = str_split(&rest, '\n');
		char id[TICKET_ID_LEN + 1] = "";

		if (line.len != TICKET_ID_LEN)
			continue;
		memcpy(id, line.data, line.len);
		if (visit_key(place, visit, id, err) < 0)
			return -1;
	}
	return 0;
}
