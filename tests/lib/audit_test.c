#include "lib/audit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"
#include "tests/lib/check.h"

enum { WRITERS = 8, LINES_EACH = 50 };

static struct layout here(void)
{
	return (struct layout){ .state = getenv("HOOKTOOLS_STATE") };
}

static void append(const char *event, int64_t now_ms)
{
	const struct layout layout = here();
	auto_audit struct audit audit = { .line = BUF_EMPTY };
	struct error err = { 0 };

	audit_start(&audit, event, now_ms);
	audit_token(&audit, (struct str_view){ "", 0 });
	CHECK(audit_write(&audit, &layout, &err) == 0);
}

static void read_all(struct buf *text)
{
	const struct layout layout = here();
	auto_free char *path = path_join(layout.state, AUDIT_FILE);
	struct error err = { 0 };

	CHECK(file_read(text, AT_FDCWD, path, (size_t)1 << 20, &err) == 0);
}

static void appends_lines_that_name_tokens_by_hash(void)
{
	auto_buf struct buf text = BUF_EMPTY;

	append("mint", 0);
	append("give", 1500);
	read_all(&text);
	CHECK_STR(buf_str(&text), "{\"at\":\"1970-01-01T00:00:00.000Z\",\"event\":"
				  "\"mint\",\"hashed_token\":"
				  "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}\n"
				  "{\"at\":\"1970-01-01T00:00:01.500Z\",\"event\":"
				  "\"give\",\"hashed_token\":"
				  "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}\n");
}

static void is_for_its_owner_only(void)
{
	const struct layout layout = here();
	auto_free char *path = path_join(layout.state, AUDIT_FILE);
	struct stat st = { 0 };

	(void)umask(0);
	append("mint", 0);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
}

static void trims_what_is_older(void)
{
	const struct layout layout = here();
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };
	uint64_t dropped = 9;

	CHECK(audit_trim(&dropped, &layout, 5, &err) == 0 && dropped == 0);
	append("old", 1000);
	append("new", 2000);
	CHECK(audit_trim(&dropped, &layout, 2000, &err) == 0 && dropped == 1);
	read_all(&text);
	CHECK(!strstr(buf_str(&text), "old") && strstr(buf_str(&text), "new"));
	append("newer", 3000);
	CHECK(audit_trim(&dropped, &layout, 2000, &err) == 0 && dropped == 0);
}

static void keeps_a_line_that_it_cannot_read(void)
{
	const struct layout layout = here();
	auto_free char *path = path_join(layout.state, AUDIT_FILE);
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };
	uint64_t dropped = 0;

	CHECK(file_replace(AT_FDCWD, path, "torn{\n", 6, 0600, &err) == 0);
	append("old", 1);
	CHECK(audit_trim(&dropped, &layout, 5, &err) == 0 && dropped == 1);
	read_all(&text);
	CHECK_STR(buf_str(&text), "torn{\n");
}

static void write_many(void)
{
	for (int i = 0; i < LINES_EACH; i++)
		append("new", 5000);
	exit(0);
}

static size_t count_lines(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == '\n';
	return count;
}

static void loses_no_line_while_it_is_trimmed(void)
{
	const struct layout layout = here();
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };
	uint64_t dropped = 0;
	pid_t writers[WRITERS];

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			write_many();
	}
	for (int i = 0; i < 100; i++) {
		append("old", 1);
		CHECK(audit_trim(&dropped, &layout, 100, &err) == 0 && dropped == 1);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status = 0;

		CHECK(waitpid(writers[i], &status, 0) == writers[i] && status == 0);
	}
	read_all(&text);
	CHECK(count_lines(&text) == (size_t)WRITERS * LINES_EACH);
}

static const struct check_case cases[] = {
	{ "appends_lines_that_name_tokens_by_hash",
	  appends_lines_that_name_tokens_by_hash },
	{ "is_for_its_owner_only", is_for_its_owner_only },
	{ "trims_what_is_older", trims_what_is_older },
	{ "keeps_a_line_that_it_cannot_read", keeps_a_line_that_it_cannot_read },
	{ "loses_no_line_while_it_is_trimmed", loses_no_line_while_it_is_trimmed },
};

CHECK_MAIN(cases)
