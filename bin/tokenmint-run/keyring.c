#include "bin/tokenmint-run/keyring.h"

#include <string.h>

#include "lib/error.h"
#include "lib/log.h"

int keyring_open(struct keyring *keyring, struct error *err)
{
	const struct place *place = &keyring->place;

	if (place_open(&keyring->place, false, err) < 0)
		return -1;
	return apikey_store_open(&keyring->keys, &place->layout, &place->vault, err);
}

void keyring_close(struct keyring *keyring)
{
	apikey_store_close(&keyring->keys);
	place_close(&keyring->place);
}

static int visit_key(const struct keyring *keyring, const struct keyring_visit *visit,
		     const char *id, struct error *err)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	struct error bad = { 0 };

	if (apikey_load(&key, &keyring->keys, id, &bad) < 0) {
		if (bad.kind != ERROR_ABSENT) /* that one was removed meanwhile */
			log_warning("%s, ignoring", bad.message);
		return 0;
	}
	return visit->take(visit->context, &key, err);
}

int keyring_each(const struct keyring *keyring, const struct keyring_visit *visit,
		 struct error *err)
{
	auto_buf struct buf ids = BUF_EMPTY;
	const char *rest = NULL;

	if (apikey_ids(&ids, &keyring->keys, err) < 0)
		return -1;
	for (rest = buf_str(&ids); rest;) {
		struct str_view line = str_split(&rest, '\n');
		char id[TICKET_ID_LEN + 1] = "";

		if (line.len != TICKET_ID_LEN)
			continue;
		memcpy(id, line.data, line.len);
		if (visit_key(keyring, visit, id, err) < 0)
			return -1;
	}
	return 0;
}
