#include "bin/runjob-registry/registered.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-registry/commands.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/hex.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

int registered_open(struct registered *registered, const struct context *context,
		    enum pipeline_lock lock, bool with_version, struct error *err)
{
	struct pipeline_name name = { "", 0 };

	if (pipeline_name_parse(&name, context->operands[0], err) < 0)
		return -1;
	if (name.version && !with_version)
		return error_set(err, ERROR_USAGE,
				 "a pipeline is wanted, and no version of it: '%s'",
				 name.name);
	registered->version = name.version;
	/* Only to register one a folder is made. */
	if (lock == PIPELINE_CHANGE) {
		auto_pipeline_store struct pipeline_store look = PIPELINE_STORE_NONE;
		auto_pipeline_folder struct pipeline_folder found = PIPELINE_FOLDER_NONE;

		if (pipeline_store_open(&look, &context->layout, PIPELINE_LOOK, err) <
			    0 ||
		    pipeline_folder_open(&found, &look, name.name, err) < 0)
			return -1;
	}
	if (pipeline_store_open(&registered->store, &context->layout, lock, err) < 0 ||
	    pipeline_folder_open(&registered->folder, &registered->store, name.name,
				 err) < 0)
		return -1;
	return pipeline_state_read(&registered->state, &registered->folder, err);
}

void registered_close(struct registered *registered)
{
	pipeline_folder_close(&registered->folder);
	pipeline_store_close(&registered->store);
}

static char *text_of(struct str_view object, const char *key)
{
	struct str_view text = { NULL, 0 };

	if (!json_plain_string(&text, object, key))
		return str_dup("");
	return str_format("%.*s", (int)text.len, text.data);
}

static int damaged(struct error *err, const struct pipeline_folder *folder,
		   uint64_t version)
{
	return error_set(err, ERROR_DATA,
			 "%s@%llu was changed on the disk after it was registered",
			 folder->name, (unsigned long long)version);
}

int record_read(struct record *record, const struct pipeline_folder *folder,
		uint64_t version, struct error *err)
{
	struct str_view view;
	auto_free char *said = NULL;

	if (pipeline_version_read(&record->text, folder, version, err) < 0)
		return -1;
	view = (struct str_view){ buf_str(&record->text), record->text.len };
	if (!json_plain_is_valid(view) ||
	    !json_scan_member(&record->specification, view, "specification"))
		return damaged(err, folder, version);
	sha256_of(record->sha256, record->specification);
	said = text_of(view, "sha256");
	if (!str_equal(said, record->sha256))
		return damaged(err, folder, version);
	record->at = text_of(view, "registered_at");
	record->by = text_of(view, "by");
	return 0;
}

void record_free(struct record *record)
{
	buf_free(&record->text);
	free(record->at);
	free(record->by);
	*record = (struct record)RECORD_EMPTY;
}

void sha256_of(char digest[static 65], struct str_view text)
{
	uint8_t bytes[CRYPTO_SHA256_LEN];

	crypto_sha256(bytes, text.data, text.len);
	hex_encode(digest, bytes, sizeof(bytes));
}

char *whoami(void)
{
	const struct passwd *found = getpwuid(getuid());

	return found ? str_dup(found->pw_name) : str_format("%u", (unsigned)getuid());
}
