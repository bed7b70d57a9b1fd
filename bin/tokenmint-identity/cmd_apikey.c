#include <string.h>

#include "bin/tokenmint-identity/commands.h"
#include "bin/tokenmint-identity/options.h"
#include "lib/apikey.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/place.h"
#include "lib/role.h"

#define ROW "%-12s  %-20s  %-14s  %-20s  %-16s  %-16s  %s\n"
#define DAY "%.10s %.5s"

static int open_store(struct apikey_store *store, const struct place *place,
		      struct error *err)
{
	return apikey_store_open(store, &place->layout, &place->vault, err);
}

/* The key, which nobody will see again. */
static int give(const struct buf *text, const struct apikey *key,
		const struct options *options, struct error *err)
{
	auto_secret struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	char date[DATE_LEN] = "";

	if (key->expires_ms)
		date_format(date, key->expires_ms);
	(void)buf_room(&out, text->len + 4096); /* no copy of the key stays behind */
	if (options->json) {
		apikey_principal(&principal, key);
		json_write_object(&writer, NULL);
		json_write_string(&writer, "id", key->id);
		json_write_string(&writer, "key", buf_str(text));
		json_write_string(&writer, "name", key->name);
		principal_write(&writer, &principal);
		json_write_string(&writer, "expires_at", *date ? date : NULL);
		json_write_object_end(&writer);
	} else {
		buf_add(&out, text->data, text->len);
	}
	buf_add_char(&out, '\n');
	if (place_write(&out, err) < 0)
		return -1;
	log_notice("made API key %s, %s%s: it is shown this once only", key->id,
		   *date ? "which expires at " : "which never expires", date);
	return 0;
}

static struct apikey_wish wish_of(const struct options *options, unsigned roles)
{
	return (struct apikey_wish){ .name = options->name,
				     .name_space = options->name_space,
				     .roles = roles,
				     .now_ms = options->now_ms,
				     .expires_ms = options->expires_ms };
}

int cmd_apikey_bootstrap(const struct options *options, const struct place *place,
			 struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	struct apikey_wish wish = wish_of(options, ROLE_SET(ROLE_ADMIN));

	if (!wish.name)
		wish.name = "bootstrap";
	if (open_store(&store, place, err) < 0 ||
	    apikey_bootstrap(&text, &key, &store, &wish, err) < 0)
		return -1;
	return give(&text, &key, options, err);
}

int cmd_apikey_create(const struct options *options, const struct place *place,
		      struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	struct apikey_wish wish =
		wish_of(options, options->roles ? options->roles : ROLE_SET(ROLE_VIEWER));

	if (open_store(&store, place, err) < 0 ||
	    apikey_create(&text, &key, &store, &wish, err) < 0)
		return -1;
	return give(&text, &key, options, err);
}

static void add_day(char out[static 17], int64_t ms, const char *otherwise)
{
	char date[DATE_LEN] = "";
	auto_buf struct buf text = BUF_EMPTY;

	date_format(date, ms);
	if (ms)
		buf_add_format(&text, DAY, date, date + 11);
	else
		buf_add_str(&text, otherwise);
	memcpy(out, buf_str(&text), text.len + 1); /* both are shorter */
}

static void add_row(struct buf *out, const struct apikey *key, int64_t now_ms)
{
	auto_buf struct buf roles = BUF_EMPTY;
	const char *problem = apikey_problem(key, now_ms);
	char expires[17] = "";
	char used[17] = "";

	principal_add_roles(&roles, key->roles);
	add_day(expires, key->expires_ms, "never");
	add_day(used, key->used_ms, "never");
	buf_add_format(out, ROW, key->id, *key->name ? key->name : "-",
		       key->name_space ? key->name_space : "-", buf_str(&roles), expires,
		       used, problem ? problem : "is good");
}

/* One that was changed is shown as such, and does not hide the others. */
static void add_key(struct buf *out, const struct apikey_store *store,
		    const struct options *options, const char *id)
{
	auto_apikey struct apikey key = APIKEY_EMPTY;
	struct error bad = { 0 };

	if (apikey_load(&key, store, id, &bad) < 0)
		log_warning("%s, ignoring", bad.message);
	else if (options->json)
		apikey_write(out, &key, options->now_ms);
	else
		add_row(out, &key, options->now_ms);
}

int cmd_apikey_list(const struct options *options, const struct place *place,
		    struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_buf struct buf ids = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	uint64_t left = options->limit;
	const char *rest = NULL;

	if (open_store(&store, place, err) < 0 || apikey_ids(&ids, &store, err) < 0)
		return -1;
	if (!options->json)
		buf_add_format(&out, ROW, "ID", "NAME", "NAMESPACE", "ROLES", "EXPIRES",
			       "LAST USED", "STATE");
	for (rest = buf_str(&ids); rest && left > 0;) {
		struct str_view line = str_split(&rest, '\n');
		char id[TICKET_ID_LEN + 1] = "";

		if (line.len != TICKET_ID_LEN)
			continue;
		memcpy(id, line.data, line.len);
		if (options->after && strcmp(id, options->after) <= 0)
			continue;
		add_key(&out, &store, options, id);
		left--;
	}
	return place_write(&out, err);
}

int cmd_apikey_show(const struct options *options, const struct place *place,
		    struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;

	if (open_store(&store, place, err) < 0 ||
	    apikey_load(&key, &store, options->operands[0], err) < 0)
		return -1;
	apikey_write(&out, &key, options->now_ms);
	return place_write(&out, err);
}

int cmd_apikey_revoke(const struct options *options, const struct place *place,
		      struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;

	if (open_store(&store, place, err) < 0 ||
	    apikey_revoke(&store, options->operands[0], options->now_ms, err) < 0)
		return -1;
	log_notice("API key %s is revoked", options->operands[0]);
	return 0;
}

int cmd_apikey_verify(const struct options *options, const struct place *place,
		      struct error *err)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);
	char date[DATE_LEN] = "";

	if (place_read_secret(&text, 4096, err) < 0)
		return err->kind == ERROR_DATA
			       ? error_set(err, ERROR_ABSENT, "no API key: too long")
			       : -1;
	if (open_store(&store, place, err) < 0 ||
	    apikey_verify(&key, &store, (struct str_view){ buf_str(&text), text.len },
			  options->now_ms, err) < 0)
		return -1;
	apikey_principal(&principal, &key);
	date_format(date, key.expires_ms);
	json_write_object(&writer, NULL);
	principal_write(&writer, &principal);
	json_write_string(&writer, "name", key.name);
	json_write_string(&writer, "bound", key.bound);
	json_write_string(&writer, "expires_at", key.expires_ms ? date : NULL);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return place_write(&out, err);
}
