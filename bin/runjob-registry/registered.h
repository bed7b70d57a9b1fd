#ifndef BIN_RUNJOB_REGISTRY_REGISTERED_H
#define BIN_RUNJOB_REGISTRY_REGISTERED_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/pipeline_log.h"
#include "lib/pipeline_store.h"

struct context;
struct error;

/* The registered pipeline that a command is about. */
struct registered {
	struct pipeline_store store;
	struct pipeline_folder folder;
	struct pipeline_state state;
	uint64_t version; /* the one that is named, or 0 */
};

#define REGISTERED_NONE                                                                  \
	{                                                                                \
		.store = PIPELINE_STORE_NONE, .folder = PIPELINE_FOLDER_NONE             \
	}
#define auto_registered __attribute__((cleanup(registered_close)))

/* The one that the first operand names; with_version: it may name a version, too. */
int registered_open(struct registered *registered, const struct context *context,
		    enum pipeline_lock lock, bool with_version, struct error *err);
void registered_close(struct registered *registered);

/* A version's record, taken apart. */
struct record {
	struct buf text;	       /* all of it, a line */
	struct str_view specification; /* in the text */
	char sha256[65];
	char *at; /* when and by whom it was registered */
	char *by;
};

#define RECORD_EMPTY                                                                     \
	{                                                                                \
		BUF_EMPTY, { NULL, 0 }, "", NULL, NULL                                   \
	}
#define auto_record __attribute__((cleanup(record_free)))

/* One whose specification is not what was registered is ERROR_DATA. */
int record_read(struct record *record, const struct pipeline_folder *folder,
		uint64_t version, struct error *err);
void record_free(struct record *record);

/* Lower-case hexadecimal. */
void sha256_of(char digest[static 65], struct str_view text);

/* The name of who asks; for the records. */
char *whoami(void);

#endif
