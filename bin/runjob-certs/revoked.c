#include "bin/runjob-certs/revoked.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/certificate.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

enum { LIMIT = 16 << 20 };

int revoked_read(struct buf *text, const char *path, struct error *err)
{
	bool found = false;

	return file_read_if(text, &found, AT_FDCWD, path, LIMIT, err);
}

/* The fingerprint of a line: alone, or as openssl(1) prints it behind a '='. */
static bool line_is(struct str_view line, const char *hash)
{
	char text[160];
	char owner[JOB_OWNER_LEN];
	const char *equals;
	size_t len;

	snprintf(text, sizeof(text), "%.*s", (int)line.len, line.data);
	for (len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--)
		text[len - 1] = '\0';
	equals = strchr(text, '=');
	return job_owner_parse(owner, equals ? equals + 1 : text) &&
	       str_equal(owner, hash);
}

bool revoked_has(const struct buf *text, const char *hash)
{
	const char *rest = text->len ? text->data : NULL;

	while (rest) {
		if (line_is(str_split(&rest, '\n'), hash))
			return true;
	}
	return false;
}

/* So that a name does not forge a line. */
static void clean(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
	}
}

int revoked_add(const char *path, const struct certificate *certificate,
		struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	auto_free char *subject =
		str_dup(certificate->subject ? certificate->subject : "not in the pool");
	auto_free char *lock_path = str_format("%s.lock", path);
	auto_close int lock = -1;
	char now[DATE_LEN];

	if (file_lock(&lock, AT_FDCWD, lock_path, err) < 0 ||
	    revoked_read(&text, path, err) < 0)
		return -1;
	if (revoked_has(&text, certificate->hash))
		return 0;
	if (text.len && text.data[text.len - 1] != '\n')
		buf_add_char(&text, '\n');
	date_format(now, date_now_ms());
	clean(subject);
	buf_add_format(&text, "# %s %s\n%s\n", now, subject, certificate->hash);
	return file_replace(AT_FDCWD, path, text.data, text.len, 0644, err);
}
