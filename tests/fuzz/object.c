#include "bin/runjob-object/record.h"

#include <string.h>

#include "bin/runjob-object/scope.h"
#include "lib/buf.h"
#include "lib/error.h"
#include "tests/fuzz/fuzz.h"

/* A key is the name of a file in its folder, and no two keys have one name. */
static void name(const char *text)
{
	char file[KEY_LEN] = "";
	char key[KEY_LEN] = "";
	struct scope scope;

	if (key_is_valid(text)) {
		key_to_name(file, text);
		FUZZ_PROMISE(!strchr(file, '/') && *file != '.' && *file);
		FUZZ_PROMISE(key_of_name(key, file) && strcmp(key, text) == 0);
	}
	if (key_of_name(key, text))
		FUZZ_PROMISE(key_is_valid(key));
	if (scope_of_folder(&scope, text))
		FUZZ_PROMISE(strcmp(scope.folder, text) == 0 && !strchr(text, '/'));
}

/* What is taken for a record can be written, and is the same when it is read again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_forgive bool forgiven = fuzz_forgive(bytes, size);
	auto_free char *copy = fuzz_copy(bytes, size);
	auto_free char *text = fuzz_text(bytes, size);
	auto_buf struct buf first = BUF_EMPTY;
	auto_buf struct buf second = BUF_EMPTY;
	const struct scope scope = { .kind = SCOPE_GLOBAL };
	struct record record = { .size = 0 };
	struct error err = { 0 };

	name(text);
	if (record_parse(&record, (struct str_view){ copy, size }, &err) < 0) {
		FUZZ_PROMISE(err.kind == ERROR_DATA && *err.message);
		return 0;
	}
	FUZZ_PROMISE(key_is_valid(record.key) && record_is_hash(record.sha256));
	record_dump(&first, &scope, &record);
	FUZZ_PROMISE(record_parse(&record, (struct str_view){ first.data, first.len },
				  &err) == 0);
	record_dump(&second, &scope, &record);
	FUZZ_PROMISE(strcmp(buf_str(&first), buf_str(&second)) == 0);
	return 0;
}
