#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "lib/base64.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_write.h"
#include "lib/lines.h"
#include "lib/process.h"

/* A secret of 16 MB in base 64, and what stands around it. */
#define LINE_MAX_BYTES (VAULT_SECRET_MAX / 3 * 4 + 4096)

/* age(1) at work, and our end of the pipe to it or from it. */
struct age {
	struct process process;
	int pipe;
};

#define AGE_NONE                                                                         \
	{                                                                                \
		PROCESS_NONE, -1                                                         \
	}

static int start_age(struct age *age, const struct process_start *start,
		     struct error *err)
{
	if (process_spawn(&age->process, start, err) == 0)
		return 0;
	if (err->kind != ERROR_CONFIG)
		return -1;
	return error_set(
		err, ERROR_CONFIG,
		"age(1), which encrypts what leaves the vault, is not installed: "
		"apt install age");
}

/* Its end: what it said went to our stderr, and that it failed explains our failures.  When we
 * fail, what it wrote shall not look whole. */
static int end_age(struct age *age, int status, struct error *err)
{
	struct process_outcome outcome = { false, 0 };
	struct error end = { 0 };

	cleanup_close(&age->pipe);
	age->pipe = -1;
	if (!age->process.pid)
		return status;
	if (status < 0)
		(void)kill(age->process.pid, SIGKILL);
	if (process_wait(&outcome, &age->process, &end) < 0) {
		if (status == 0)
			*err = end;
		return -1;
	}
	if (outcome.signalled ? status == 0 : outcome.code != 0)
		return error_set(err, ERROR_DENIED, "age(1) failed, see above");
	return status;
}

static int start_encryption(struct age *age, const struct options *options,
			    struct error *err)
{
	const char *argv[2 * OPTIONS_SCOPE + 5] = { "age", "--encrypt" };
	struct process_start start = { .argv = argv,
				       .out = STDOUT_FILENO,
				       .err = STDERR_FILENO };
	int ends[2] = { -1, -1 };
	size_t count = 2;
	int status = 0;

	for (size_t i = 0; i < options->recipient_count; i++) {
		argv[count++] = "--recipient";
		argv[count++] = options->recipients[i];
	}
	if (options->recipients_file) {
		argv[count++] = "--recipients-file";
		argv[count++] = options->recipients_file;
	}
	if (count == 2)
		return error_set(err, ERROR_USAGE,
				 "for whom?  vault export --recipient age1... or "
				 "--recipients-file FILE");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	start.in = ends[0];
	age->pipe = ends[1];
	status = start_age(age, &start, err);
	cleanup_close(&ends[0]);
	return status;
}

static void write_date(struct json_writer *writer, const char *key, int64_t unix_ms)
{
	char date[DATE_LEN] = "";

	date_format(date, unix_ms);
	json_write_string(writer, key, unix_ms ? date : NULL);
}

static int export_one(const struct age *age, const struct vault *vault, const char *name,
		      struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_secret struct buf text = BUF_EMPTY;
	auto_secret struct buf line = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&line);

	if (vault_get(&secret, vault, name, err) < 0)
		return -1;
	if (!secret.found) /* deleted meanwhile */
		return 0;
	base64_encode(&text, buf_str(&secret.bytes), secret.bytes.len);
	(void)buf_room(&line, text.len + 2048);
	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", name);
	write_date(&writer, "stored_at", secret.stored_ms);
	write_date(&writer, "expires_at", secret.expires_ms);
	json_write_bytes(&writer, "data", buf_str(&text), text.len);
	json_write_object_end(&writer);
	buf_add_char(&line, '\n');
	return file_write(age->pipe, line.data, line.len, "age(1)", err);
}

static int export_all(const struct age *age, const struct vault *vault,
		      const char *prefix, struct error *err)
{
	auto_buf struct buf names = BUF_EMPTY;
	const char *rest = NULL;

	if (vault_list(&names, vault, prefix, err) < 0)
		return -1;
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len && export_one(age, vault, name, err) < 0)
			return -1;
	}
	return 0;
}

int cmd_vault_export(const struct options *options, const char *const *operands,
		     struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	struct age age = AGE_NONE;
	const char *prefix = operands[0] ? operands[0] : "";
	int status = 0;

	if (mint_open(&mint, err) < 0)
		return -1;
	status = start_encryption(&age, options, err);
	if (status == 0)
		status = export_all(&age, &mint.vault, prefix, err);
	return end_age(&age, status, err);
}

struct counts {
	uint64_t lines;
	uint64_t imported;
	uint64_t kept;
};

/* The line taken apart; a secret without an expiry has null there. */
static bool read_line(struct vault_secret *secret, char **name, struct str_view line)
{
	struct str_view text = { NULL, 0 };
	struct str_view data = { NULL, 0 };
	struct str_view expires = { NULL, 0 };

	if (!json_plain_is_valid(line) || !json_plain_string(&text, line, "name") ||
	    !json_plain_string(&data, line, "data") ||
	    !base64_decode(&secret->bytes, data.data, data.len))
		return false;
	*name = str_format("%.*s", (int)text.len, text.data);
	if (json_plain_string(&expires, line, "expires_at")) {
		auto_free char *date = str_format("%.*s", (int)expires.len, expires.data);

		if (!date_parse(&secret->expires_ms, date))
			return false;
	}
	return vault_is_name(*name) && secret->bytes.len <= VAULT_SECRET_MAX;
}

/* One that is there already, as it would be, is left alone. */
static int import_one(struct counts *counts, const struct vault *vault,
		      struct str_view line, struct error *err)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_vault_secret struct vault_secret known = VAULT_SECRET_EMPTY;
	auto_free char *name = NULL;

	counts->lines++;
	if (!read_line(&secret, &name, line))
		return error_set(err, ERROR_DATA,
				 "line %" PRIu64 " is none of tokenmint vault export",
				 counts->lines);
	if (vault_get(&known, vault, name, err) < 0)
		return -1;
	if (known.found && known.expires_ms == secret.expires_ms &&
	    known.bytes.len == secret.bytes.len &&
	    crypto_equal(buf_str(&known.bytes), buf_str(&secret.bytes),
			 secret.bytes.len)) {
		counts->kept++;
		return 0;
	}
	if (vault_put(vault, name,
		      (struct str_view){ buf_str(&secret.bytes), secret.bytes.len },
		      secret.expires_ms, err) < 0)
		return -1;
	counts->imported++;
	return 0;
}

static int import_all(struct counts *counts, const struct age *age,
		      const struct vault *vault, struct error *err)
{
	struct lines lines = LINES(age->pipe, LINE_MAX_BYTES);
	struct error ignored = { 0 };
	struct str_view line = { NULL, 0 };
	bool found = false;
	int status = 0;

	do {
		status = lines_next(&line, &found, &lines, err);
		if (status == 0 && found)
			status = import_one(counts, vault, line, err);
	} while (status == 0 && found);
	/* To its end, to see whether the file was damaged. */
	while (found && lines_next(&line, &found, &lines, &ignored) == 0)
		continue;
	buf_wipe(&lines.buf);
	lines_free(&lines);
	return status;
}

static int start_decryption(struct age *age, const struct options *options, int in,
			    struct error *err)
{
	const char *argv[] = { "age", "--decrypt", "--identity", options->identity,
			       NULL };
	struct process_start start = { .argv = argv, .in = in, .err = STDERR_FILENO };
	int ends[2] = { -1, -1 };
	int status = 0;

	if (!options->identity)
		return error_set(err, ERROR_USAGE,
				 "with which key?  vault import --identity FILE");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	start.out = ends[1];
	age->pipe = ends[0];
	status = start_age(age, &start, err);
	cleanup_close(&ends[1]);
	return status;
}

static int write_counts(const struct counts *counts, struct error *err)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct json_writer writer = JSON_WRITER(&out);

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "imported", counts->imported);
	json_write_u64(&writer, "kept", counts->kept);
	json_write_object_end(&writer);
	buf_add_char(&out, '\n');
	return io_write(&out, err);
}

static int open_input(int *fd, const char *file, struct error *err)
{
	if (!file || str_equal(file, "-")) {
		*fd = STDIN_FILENO;
		return 0;
	}
	*fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return *fd < 0 ? error_errno(err, "open '%s'", file) : 0;
}

int cmd_vault_import(const struct options *options, const char *const *operands,
		     struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	struct counts counts = { 0, 0, 0 };
	struct error told = { 0 };
	struct age age = AGE_NONE;
	int status = 0;
	int in = -1;

	(void)operands;
	if (mint_open(&mint, err) < 0 || open_input(&in, options->file, err) < 0)
		return -1;
	status = start_decryption(&age, options, in, err);
	if (status == 0)
		status = import_all(&counts, &age, &mint.vault, err);
	status = end_age(&age, status, err);
	if (in > STDIN_FILENO)
		(void)close(in);
	/* What was imported is there, whatever came then. */
	if (write_counts(&counts, status < 0 ? &told : err) < 0)
		return -1;
	return status;
}
