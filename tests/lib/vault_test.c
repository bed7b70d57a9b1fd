#include "lib/vault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/vault_key.h"
#include "tests/lib/check.h"

/* A vault in the test's own folder: "v" with the key "k". */
static void open_fresh(struct vault *vault)
{
	struct error err = { 0 };
	bool made = false;

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(vault_key_make(&made, "k", &err) == 0 && made);
	CHECK(vault_open(vault, "v", "k", &err) == 0);
}

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void put(const struct vault *vault, const char *name, const char *text)
{
	struct error err = { 0 };

	CHECK(vault_put(vault, name, view(text), 0, &err) == 0);
}

static void check_denied(const struct vault *vault, const char *name)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct error err = { 0 };

	CHECK(vault_get(&secret, vault, name, &err) < 0);
	CHECK(err.kind == ERROR_DENIED && strstr(err.message, name) != NULL);
	CHECK(!secret.found && secret.bytes.len == 0);
}

static void any_bytes_survive(void)
{
	static const struct {
		const char *data;
		size_t len;
	} texts[] = {
		{ "a=b==", 5 }, { "two\nlines\n", 10 }, { "a\0b\0", 4 }, { "", 0 }
	};
	auto_vault struct vault vault = VAULT_NONE;
	struct error err = { 0 };

	open_fresh(&vault);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
		struct str_view text = { texts[i].data, texts[i].len };

		CHECK(vault_put(&vault, "global/x", text, 1234567890123, &err) == 0);
		CHECK(vault_get(&secret, &vault, "global/x", &err) == 0 && secret.found);
		CHECK(secret.bytes.len == text.len && secret.expires_ms == 1234567890123);
		CHECK(memcmp(buf_str(&secret.bytes), text.data, text.len) == 0);
		CHECK(secret.stored_ms > 1500000000000);
	}
}

static void a_megabyte_survives(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_buf struct buf big = BUF_EMPTY;
	struct error err = { 0 };
	size_t len = (size_t)1 << 20;

	open_fresh(&vault);
	crypto_random(buf_room(&big, len), len);
	buf_grew(&big, len);
	CHECK(vault_put(&vault, "global/x", (struct str_view){ big.data, len }, 0,
			&err) == 0);
	CHECK(vault_get(&secret, &vault, "global/x", &err) == 0);
	CHECK(secret.bytes.len == len && memcmp(secret.bytes.data, big.data, len) == 0);
}

static void missing_is_not_a_failure(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct error err = { 0 };
	bool found = true;

	open_fresh(&vault);
	CHECK(vault_get(&secret, &vault, "installation/1", &err) == 0 && !secret.found);
	CHECK(vault_delete(&found, &vault, "installation/1", &err) == 0 && !found);
	put(&vault, "installation/1", "x");
	CHECK(vault_delete(&found, &vault, "installation/1", &err) == 0 && found);
	CHECK(vault_get(&secret, &vault, "installation/1", &err) == 0 && !secret.found);
}

static void names_are_checked(void)
{
	static const char *const bad[] = { "",		 "x",
					   "global",	 "global/",
					   "global//x",	 "global/x/y",
					   "pipeline/x", "../global/x",
					   "global/..",	 "global/.x",
					   "/global/x",	 "global/x y",
					   "global/x\n", "global/x.tmp",
					   "other/x",	 "global/\xc3\xa4" };
	static const char *const good[] = {
		"global/x",
		"pipeline/p/x",
		"installation/42.0123456789abcdef",
		"app/main",
		"user/fred",
		"repository/0195b6a0-0000-4000-8000-000000000001_SSH_KEY"
	};
	auto_free char *longest = str_format("global/%0200d", 1);
	auto_free char *longer = str_format("global/%0201d", 1);
	auto_vault struct vault vault = VAULT_NONE;
	struct error err = { 0 };

	open_fresh(&vault);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(vault_put(&vault, bad[i], view("x"), 0, &err) < 0);
		CHECK(err.kind == ERROR_USAGE);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		put(&vault, good[i], "x");
	put(&vault, longest, "x");
	CHECK(!vault_is_name(longer));
}

static void a_renamed_file_is_denied(void)
{
	auto_vault struct vault vault = VAULT_NONE;

	open_fresh(&vault);
	put(&vault, "global/a", "x");
	CHECK(rename("v/global/a", "v/global/b") == 0);
	check_denied(&vault, "global/b");
}

/* Also the expiry, which stands in the clear. */
static void every_changed_byte_is_denied(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_buf struct buf file = BUF_EMPTY;
	struct error err = { 0 };

	open_fresh(&vault);
	put(&vault, "global/a", "secret");
	CHECK(file_read(&file, AT_FDCWD, "v/global/a", 1000, &err) == 0);
	CHECK(file.len == 36 + 6 + 16);
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 4;
		CHECK(file_replace(AT_FDCWD, "v/global/a", file.data, file.len, 0600,
				   &err) == 0);
		check_denied(&vault, "global/a");
		file.data[i] ^= 4;
	}
	CHECK(file_replace(AT_FDCWD, "v/global/a", file.data, 30, 0600, &err) == 0);
	check_denied(&vault, "global/a");
}

static void another_key_is_denied(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault struct vault other = VAULT_NONE;
	struct error err = { 0 };
	bool made = false;

	open_fresh(&vault);
	put(&vault, "global/a", "x");
	CHECK(vault_key_make(&made, "other", &err) == 0 && made);
	CHECK(vault_open(&other, "v", "other", &err) == 0);
	check_denied(&other, "global/a");
}

static void files_show_nothing(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_buf struct buf file = BUF_EMPTY;
	struct error err = { 0 };
	struct stat status = { 0 };

	open_fresh(&vault);
	put(&vault, "global/a", "a secret to be kept");
	CHECK(file_read(&file, AT_FDCWD, "v/global/a", 1000, &err) == 0);
	CHECK(memcmp(file.data, "HTVAULT1", 8) == 0);
	CHECK(!memmem(file.data, file.len, "secret", 6));
	CHECK(stat("v/global/a", &status) == 0 && (status.st_mode & 0777) == 0600);
	CHECK(stat("v", &status) == 0 && (status.st_mode & 0777) == 0700);
}

static void lists_sorted_and_by_prefix(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_buf struct buf names = BUF_EMPTY;
	auto_close int lock = -1;
	struct error err = { 0 };

	open_fresh(&vault);
	CHECK(vault_list(&names, &vault, "", &err) == 0 && names.len == 0);
	put(&vault, "pipeline/p/b", "x");
	put(&vault, "installation/2", "x");
	put(&vault, "installation/1", "x");
	put(&vault, "pipeline/p/a", "x");
	CHECK(vault_lock(&lock, &vault, "installation/1", &err) == 0 && lock >= 0);
	CHECK(file_replace(AT_FDCWD, "v/installation/7.99.tmp", "x", 1, 0600, &err) == 0);
	CHECK(vault_list(&names, &vault, "", &err) == 0);
	CHECK_STR(buf_str(&names),
		  "installation/1\ninstallation/2\npipeline/p/a\npipeline/p/b\n");
	buf_clear(&names);
	CHECK(vault_list(&names, &vault, "installation/", &err) == 0);
	CHECK_STR(buf_str(&names), "installation/1\ninstallation/2\n");
}

static void check_key(const char *text, mode_t mode, enum error_kind kind)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	struct error err = { 0 };

	(void)unlink("k2");
	CHECK(file_replace(AT_FDCWD, "k2", text, strlen(text), mode, &err) == 0);
	CHECK(chmod("k2", mode) == 0);
	CHECK(vault_key_read(key, "k2", &err) == (kind == ERROR_NONE ? 0 : -1));
	CHECK(err.kind == kind);
}

static void key_files_are_checked(void)
{
	static const char good[] =
		"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n";
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	check_key(good, 0400, ERROR_NONE);
	check_key(good, 0600, ERROR_NONE);
	check_key(good, 0640, ERROR_DENIED);
	check_key(good, 0404, ERROR_DENIED);
	check_key(good, 0500, ERROR_DENIED);
	check_key("0011", 0400, ERROR_CONFIG);
	check_key("", 0400, ERROR_CONFIG);
	CHECK(vault_key_read(key, "missing", &err) < 0 && err.kind == ERROR_CONFIG);
	CHECK(strstr(err.message, "tokenmint vault init") != NULL);
}

static void a_key_is_made_once(void)
{
	auto_buf struct buf first = BUF_EMPTY;
	auto_buf struct buf second = BUF_EMPTY;
	struct error err = { 0 };
	struct stat status = { 0 };
	bool made = false;

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(vault_key_make(&made, "new/folder/k", &err) == 0 && made);
	CHECK(file_read(&first, AT_FDCWD, "new/folder/k", 100, &err) == 0);
	CHECK(vault_key_make(&made, "new/folder/k", &err) == 0 && !made);
	CHECK(file_read(&second, AT_FDCWD, "new/folder/k", 100, &err) == 0);
	CHECK_STR(buf_str(&first), buf_str(&second));
	CHECK(first.len == 65);
	CHECK(stat("new/folder/k", &status) == 0 && (status.st_mode & 07777) == 0400);
	CHECK(status.st_nlink == 1);
}

static const struct check_case cases[] = {
	{ "any_bytes_survive", any_bytes_survive },
	{ "a_megabyte_survives", a_megabyte_survives },
	{ "missing_is_not_a_failure", missing_is_not_a_failure },
	{ "names_are_checked", names_are_checked },
	{ "a_renamed_file_is_denied", a_renamed_file_is_denied },
	{ "every_changed_byte_is_denied", every_changed_byte_is_denied },
	{ "another_key_is_denied", another_key_is_denied },
	{ "files_show_nothing", files_show_nothing },
	{ "lists_sorted_and_by_prefix", lists_sorted_and_by_prefix },
	{ "key_files_are_checked", key_files_are_checked },
	{ "a_key_is_made_once", a_key_is_made_once },
};

CHECK_MAIN(cases)
