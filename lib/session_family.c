#include "lib/session_family.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/identity_record.h"
#include "lib/json_object.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"

void session_family_free(struct session_family *family)
{
	principal_free(&family->principal);
	free(family->audience);
	*family = (struct session_family)SESSION_FAMILY_EMPTY;
}

void session_family_write(struct buf *out, const struct session_family *family,
			  const uint8_t *seal_key)
{
	auto_buf struct buf record = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&record);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", family->id);
	principal_write(&writer, &family->principal);
	json_write_string(&writer, "audience", family->audience);
	json_write_u64(&writer, "generation", family->generation);
	identity_record_write_time(&writer, "created_at", family->created_ms);
	identity_record_write_time(&writer, "expires_at", family->expires_ms);
	identity_record_write_time(&writer, "ends_at", family->ends_ms);
	identity_record_write_time(&writer, "refreshed_at", family->refreshed_ms);
	json_write_object_end(&writer);
	identity_record_write(out, (struct str_view){ record.data, record.len },
			      seal_key);
}

static bool read_facts(struct session_family *family, struct str_view record)
{
	struct principal *principal = &family->principal;
	struct str_view roles = { NULL, 0 };
	struct str_view refreshed = { NULL, 0 };
	auto_free char *id = NULL;

	if (!identity_record_text(&id, record, "id") || !id || !ticket_is_id(id) ||
	    !identity_record_text(&principal->subject, record, "subject") ||
	    !principal->subject ||
	    !identity_record_text(&principal->name_space, record, "namespace") ||
	    !json_object_find(&roles, record, "roles") ||
	    !principal_read_roles(&principal->roles, roles))
		return false;
	memcpy(family->id, id, sizeof(family->id));
	return identity_record_text(&family->audience, record, "audience") &&
	       family->audience &&
	       json_plain_u64(&family->generation, record, "generation") &&
	       identity_record_time(&family->created_ms, record, "created_at") &&
	       identity_record_time(&family->expires_ms, record, "expires_at") &&
	       identity_record_time(&family->ends_ms, record, "ends_at") &&
	       (!json_object_find(&refreshed, record, "refreshed_at") ||
		identity_record_time(&family->refreshed_ms, record, "refreshed_at"));
}

int session_family_read(struct session_family *family, struct str_view text,
			const uint8_t *seal_key, struct error *err)
{
	auto_session_family struct session_family read = SESSION_FAMILY_EMPTY;
	struct str_view record = { NULL, 0 };

	if (identity_record_open(&record, text, seal_key, err) < 0)
		return -1;
	if (!read_facts(&read, record))
		return error_set(err, ERROR_DENIED, "its file is none of ours");
	session_family_free(family);
	*family = read;
	read = (struct session_family)SESSION_FAMILY_EMPTY;
	return 0;
}

bool session_family_was(const struct session_family *family, uint64_t generation,
			int64_t since_ms)
{
	return generation + 1 == family->generation && family->refreshed_ms > since_ms;
}

int session_family_save(const struct session_family *family, int dir,
			const uint8_t *seal_key, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;

	session_family_write(&text, family, seal_key);
	if (text.len > SESSION_FAMILY_MAX)
		return error_set(err, ERROR_USAGE, "too much to say about one session");
	if (file_replace(dir, family->id, text.data, text.len, 0600, err) < 0)
		return error_wrap(err, "store session %s", family->id);
	return 0;
}

int session_family_load(struct session_family *family, int dir, const char *id,
			const uint8_t *seal_key, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	bool found = false;

	if (!ticket_is_id(id))
		return error_set(err, ERROR_ABSENT, "'%.80s' is no id of a session", id);
	if (file_read_if(&text, &found, dir, id, SESSION_FAMILY_MAX, err) < 0)
		return error_wrap(err, "read session %s", id);
	if (!found)
		return error_set(err, ERROR_ABSENT, "no session %s", id);
	if (session_family_read(family, (struct str_view){ text.data, text.len },
				seal_key, err) < 0)
		return error_wrap(err, "session %s", id);
	if (!str_equal(family->id, id))
		return error_set(err, ERROR_DENIED, "session %s: its file is another's",
				 id);
	return 0;
}
