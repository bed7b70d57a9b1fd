#include "bin/tokenmint/conform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/process.h"
#include "lib/vault.h"

#define BIG ((size_t)1 << 20)
#define EXPIRES_MS 4102444800123

enum { TURNS = 10, OUTPUT_MAX = 1 << 16, TIMEOUT_MS = 60000 };

static char *name_of(const struct conform *conform, const char *suffix)
{
	return str_format("%s%s", conform->prefix, suffix);
}

static bool fail(struct conform *conform, const char *what)
{
	buf_clear(&conform->seen);
	buf_add_str(&conform->seen, what);
	return false;
}

static bool failed(struct conform *conform, const struct error *err)
{
	return fail(conform, err->message);
}

static bool put(struct conform *conform, const char *suffix, struct str_view bytes,
		int64_t expires_ms)
{
	auto_free char *name = name_of(conform, suffix);
	struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct error err = { 0 };

	secret.bytes.data = (char *)(uintptr_t)bytes.data;
	secret.bytes.len = bytes.len;
	secret.expires_ms = expires_ms;
	secret.stored_ms = 1795273200123;
	if (vault_store_put(&conform->store, name, &secret, &err) == 0)
		return true;
	return failed(conform, &err);
}

static bool put_text(struct conform *conform, const char *suffix, const char *text)
{
	return put(conform, suffix, (struct str_view){ text, strlen(text) }, 0);
}

static bool get(struct vault_secret *secret, struct conform *conform, const char *suffix)
{
	auto_free char *name = name_of(conform, suffix);
	struct error err = { 0 };

	if (vault_store_get(secret, &conform->store, name, &err) == 0)
		return true;
	return failed(conform, &err);
}

/* Is it there, with just these bytes? */
static bool has(struct conform *conform, const char *suffix, struct str_view bytes)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (!get(&secret, conform, suffix))
		return false;
	if (!secret.found)
		return fail(conform, "it was put, and is not there");
	if (secret.bytes.len == bytes.len &&
	    memcmp(buf_str(&secret.bytes), bytes.data, bytes.len) == 0)
		return true;
	buf_clear(&conform->seen);
	buf_add_format(&conform->seen, "%zu bytes came back of %zu, or others",
		       secret.bytes.len, bytes.len);
	return false;
}

static bool survives(struct conform *conform, const void *bytes, size_t len)
{
	struct str_view view = { bytes, len };

	return put(conform, "bytes", view, 0) && has(conform, "bytes", view);
}

static bool check_absent(struct conform *conform)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	return get(&secret, conform, "absent") &&
	       (!secret.found || fail(conform, "it was found"));
}

static bool check_text(struct conform *conform)
{
	return survives(conform, "a secret", 8) && survives(conform, "a=b==\n", 6) &&
	       survives(conform, "two\nlines\n\n", 11) &&
	       survives(conform, "\n\nexpires 5\n", 12) &&
	       survives(conform, " \t'\"\\$(x)`%s", 12);
}

static bool check_bytes(struct conform *conform)
{
	char all[512];

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)(i / 2);
	return survives(conform, all, sizeof all) && survives(conform, "\0", 1) &&
	       survives(conform, "", 0);
}

static bool check_big(struct conform *conform)
{
	auto_buf struct buf big = BUF_EMPTY;

	crypto_random(buf_room(&big, BIG), BIG);
	buf_grew(&big, BIG);
	return survives(conform, big.data, BIG);
}

static bool check_times(struct conform *conform)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;

	if (!put(conform, "time", (struct str_view){ "x", 1 }, EXPIRES_MS) ||
	    !get(&secret, conform, "time"))
		return false;
	if (secret.expires_ms != EXPIRES_MS || secret.stored_ms != 1795273200123)
		return fail(conform, "expires or stored came back as another time");
	if (!put_text(conform, "time", "x") || !get(&secret, conform, "time"))
		return false;
	return secret.expires_ms == 0 || fail(conform, "an expiry stayed that is over");
}

static bool check_names(struct conform *conform)
{
	static const char *const suffixes[] = { "a",   "A",   "a.b", "a-b",
						"a_b", "a+b", "a@b", "ab" };

	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (!put_text(conform, suffixes[i], suffixes[i]))
			return false;
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (!has(conform, suffixes[i],
			 (struct str_view){ suffixes[i], strlen(suffixes[i]) }))
			return false;
	return true;
}

static bool list_is(struct conform *conform, const char *suffix, size_t count)
{
	auto_free char *prefix = name_of(conform, suffix);
	auto_buf struct buf names = BUF_EMPTY;
	struct error err = { 0 };
	size_t lines = 0;

	if (vault_store_list(&names, &conform->store, prefix, &err) < 0)
		return failed(conform, &err);
	for (size_t i = 0; i < names.len; i++)
		lines += names.data[i] == '\n';
	if (lines == count)
		return true;
	buf_clear(&conform->seen);
	buf_add_format(&conform->seen, "%zu names instead of %zu", lines, count);
	return false;
}

static bool check_list(struct conform *conform)
{
	return list_is(conform, "", 0) && put_text(conform, "l1", "x") &&
	       put_text(conform, "l2", "x") && put_text(conform, "m", "x") &&
	       list_is(conform, "", 3) && list_is(conform, "l", 2) &&
	       list_is(conform, "l1", 1) && list_is(conform, "n", 0);
}

static bool check_delete(struct conform *conform)
{
	auto_free char *name = name_of(conform, "d");
	struct error err = { 0 };
	bool found = false;

	if (!put_text(conform, "d", "x"))
		return false;
	if (vault_store_delete(&found, &conform->store, name, &err) < 0)
		return failed(conform, &err);
	if (!found)
		return fail(conform, "status 1 for one that was there");
	if (vault_store_delete(&found, &conform->store, name, &err) < 0)
		return failed(conform, &err);
	return (!found || fail(conform, "status 0 for one that was not there")) &&
	       list_is(conform, "", 0);
}

/* Another process replaces it again and again; *pid is 0 in it. */
static bool start_writer(struct conform *conform, pid_t *pid)
{
	bool good = true;

	*pid = fork();
	if (*pid < 0)
		return fail(conform, "no process for a writer");
	if (*pid > 0)
		return true;
	for (int turn = 0; turn < TURNS && good; turn++)
		good = put_text(conform, "r", turn % 2 ? "one" : "another");
	_exit(good ? 0 : 1);
}

static bool ended(pid_t pid, bool *good)
{
	int status = 0;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return false;
	*good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return true;
}

static bool check_replace(struct conform *conform)
{
	bool good = true;
	bool written = false;
	pid_t pid = 0;

	if (!put_text(conform, "r", "one") || !start_writer(conform, &pid))
		return false;
	do {
		auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
		const char *text = NULL;

		if (!good || !get(&secret, conform, "r")) {
			good = false;
			continue;
		}
		text = buf_str(&secret.bytes);
		good = secret.found &&
		       (str_equal(text, "one") || str_equal(text, "another"));
		if (!good)
			(void)fail(conform, secret.found ? "half of one was read"
							 : "it was missing meanwhile");
	} while (!ended(pid, &written));
	return good && (written || fail(conform, "a writer failed"));
}

static bool check_verb(struct conform *conform)
{
	const char *argv[] = { conform->store.program, "sing", "global/x", NULL };
	struct process_call call = { .argv = argv,
				     .limit = OUTPUT_MAX,
				     .timeout_ms = TIMEOUT_MS };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	if (process_capture(&out, &call, &err) == 0)
		return fail(conform, "status 0");
	/* That is what 64 of a program of ours means. */
	return err.kind == ERROR_BUG || failed(conform, &err);
}

static bool check_cut(struct conform *conform)
{
	auto_free char *name = name_of(conform, "c");
	auto_free char *full = str_format("%s%s", conform->store.path, name);
	const char *argv[] = { conform->store.program, "put", full, NULL };
	struct process_call call = { .argv = argv,
				     .input = { "expires 0\n", 10 },
				     .limit = OUTPUT_MAX,
				     .timeout_ms = TIMEOUT_MS };
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	if (!put_text(conform, "c", "kept"))
		return false;
	if (process_capture(&out, &call, &err) == 0)
		return fail(conform, "status 0 for an input without an empty line");
	return has(conform, "c", (struct str_view){ "kept", 4 });
}

/* Does a file of /proc hold the text, or what base 64 makes of it? */
static bool shows(const char *path, const struct buf *marks)
{
	auto_buf struct buf bytes = BUF_EMPTY;
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error err = { 0 };

	if (fd < 0 || file_read_fd(&bytes, fd, BIG, &err) < 0)
		return false;
	return memmem(buf_str(&bytes), bytes.len, marks[0].data, marks[0].len) ||
	       memmem(buf_str(&bytes), bytes.len, marks[1].data, marks[1].len);
}

static bool anybody_shows(const struct buf *marks)
{
	auto_closedir DIR *dir = opendir("/proc");
	const struct dirent *entry = NULL;

	while (dir && (entry = readdir(dir))) {
		auto_free char *arguments = str_format("/proc/%s/cmdline", entry->d_name);
		auto_free char *variables = str_format("/proc/%s/environ", entry->d_name);

		if (*entry->d_name >= '1' && *entry->d_name <= '9' &&
		    (shows(arguments, marks) || shows(variables, marks)))
			return true;
	}
	return false;
}

static void make_marks(struct buf *marks)
{
	uint8_t bytes[24] = { 0 };

	/* 24 bytes are 32 of base 64, wherever else text is put before by threes. */
	crypto_random(bytes, sizeof bytes);
	base64_encode(&marks[0], bytes, sizeof bytes);
	base64_encode(&marks[1], marks[0].data, 30);
}

static bool check_quiet(struct conform *conform)
{
	struct buf marks[2] = { BUF_EMPTY, BUF_EMPTY };
	bool shown = false;
	bool written = false;
	pid_t pid = 0;

	make_marks(marks);
	pid = fork();
	if (pid == 0) {
		bool good = true;

		for (int turn = 0; turn < TURNS / 2 && good; turn++)
			good = put(conform, "q", (struct str_view){ marks[0].data, 32 },
				   0) &&
			       has(conform, "q", (struct str_view){ marks[0].data, 32 });
		_exit(good ? 0 : 1);
	}
	while (pid > 0 && !ended(pid, &written))
		shown = shown || anybody_shows(marks);
	buf_free(&marks[0]);
	buf_free(&marks[1]);
	if (shown)
		return fail(conform, "it was in a process's arguments or environment");
	return written || fail(conform, "put or get failed");
}

/* clang-format off */
const struct conform_check conform_checks[] = {
	{ "absent", "get of one that is not there ends with status 1", check_absent },
	{ "text", "text comes back as it was, with =, quotes and line breaks", check_text },
	{ "bytes", "every byte comes back, NUL too, and so does nothing", check_bytes },
	{ "big", "1 MB of random bytes comes back", check_big },
	{ "times", "expires and stored come back, and no expiry outlives its secret", check_times },
	{ "names", "names that look alike are kept apart", check_names },
	{ "list", "list has what begins with the prefix, and nothing else", check_list },
	{ "delete", "delete removes it, and ends with status 1 the second time", check_delete },
	{ "replace", "a reader gets the old or the new one while it is replaced", check_replace },
	{ "verb", "another verb ends with status 64", check_verb },
	{ "cut", "an input that was cut off changes nothing", check_cut },
	{ "quiet", "no secret is in a process's arguments or environment", check_quiet },
};
/* clang-format on */
const size_t conform_check_count = sizeof conform_checks / sizeof conform_checks[0];

int conform_clean(struct conform *conform, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;
	bool found = false;

	if (vault_store_list(&names, &conform->store, conform->prefix, err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len &&
		    vault_store_delete(&found, &conform->store, name, err) < 0)
			return -1;
	}
	return 0;
}
