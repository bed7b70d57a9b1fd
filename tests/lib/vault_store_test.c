#include "lib/vault_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/vault.h"
#include "lib/vault_key.h"
#include "tests/lib/check.h"

/* A store that keeps everything in the folder "kept". */
static const char program[] = "#!/bin/sh\n"
			      "f=$(dirname \"$0\")/../kept/$(echo \"$2\" | tr / %)\n"
			      "case $1 in\n"
			      "get) [ -f \"$f\" ] || exit 1; cat \"$f\" ;;\n"
			      "put) cat >\"$f.new\" && mv \"$f.new\" \"$f\" ;;\n"
			      "list) cd \"${f%/*}\" && ls | tr % / ;;\n"
			      "delete) rm \"$f\" 2>/dev/null || exit 1 ;;\n"
			      "esac\n";

static struct layout layout_of_test(void)
{
	return (struct layout){ .conf = getenv("BATS_TEST_TMPDIR"),
				.share = getenv("BATS_TEST_TMPDIR") };
}

static void make_program(const char *path, const char *text)
{
	struct error err = { 0 };

	CHECK(chdir(getenv("BATS_TEST_TMPDIR")) == 0);
	CHECK(file_make_dirs("vault.d", 0700, &err) == 0);
	CHECK(file_make_dirs("kept", 0700, &err) == 0);
	CHECK(file_replace(AT_FDCWD, path, text, strlen(text), 0700, &err) == 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void check_bad(const char *text, const char *says)
{
	const struct layout layout = layout_of_test();
	struct vault_stores stores = VAULT_STORES_NONE;
	struct error err = { 0 };

	CHECK(vault_stores_parse(&stores, text, &layout, &err) < 0);
	CHECK(err.kind == ERROR_CONFIG && strstr(err.message, says));
	CHECK(stores.count == 0);
}

static void the_setting_is_checked(void)
{
	const struct layout layout = layout_of_test();
	auto_vault_stores struct vault_stores stores = VAULT_STORES_NONE;
	struct error err = { 0 };

	make_program("vault.d/a", program);
	check_bad("global/", "is no PREFIX=STORE");
	check_bad("=a", "is no PREFIX=STORE");
	check_bad("global/=../a", "no name of a store");
	check_bad("global/=b", "no store 'b'");
	check_bad("global/=a:x/../y", "no path of names");
	check_bad("global/=a user/=", "no name of a store");
	CHECK(vault_stores_parse(&stores, "global/=a  global/x=a:p/q ", &layout, &err) ==
	      0);
	CHECK(stores.count == 2);
	CHECK_STR(vault_stores_find(&stores, "global/y")->path, "");
	CHECK_STR(vault_stores_find(&stores, "global/xy")->path, "p/q/");
	CHECK(!vault_stores_find(&stores, "user/x"));
}

static void check_answer(const char *text, size_t len, bool good, int64_t expires_ms)
{
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct error err = { 0 };

	CHECK(vault_store_take(&secret, (struct str_view){ text, len }, &err) ==
	      (good ? 0 : -1));
	CHECK(!good || secret.expires_ms == expires_ms);
	CHECK(good || err.kind == ERROR_DATA);
}

static void answers_are_taken_apart(void)
{
	check_answer("expires 12\nstored 3\n\nx", 23, true, 12);
	check_answer("\n", 1, true, 0);
	check_answer("new: y\nexpires 0\n\n", 18, true, 0);
	check_answer("", 0, false, 0);
	check_answer("expires 12\n", 11, false, 0);
	check_answer("expires x\n\n", 11, false, 0);
	check_answer("expires -1\n\n", 12, false, 0);
}

static void open_mixed(struct vault *vault, struct vault_stores *stores)
{
	const struct layout layout = layout_of_test();
	struct error err = { 0 };
	bool made = false;

	make_program("vault.d/a", program);
	CHECK(vault_key_make(&made, "k", &err) == 0);
	CHECK(vault_open(vault, "v", "k", &err) == 0);
	CHECK(vault_stores_parse(stores, "installation/=a:team global/a=a", &layout,
				 &err) == 0);
	vault->stores = malloc(sizeof *stores);
	CHECK(vault->stores != NULL);
	*vault->stores = *stores;
	*stores = (struct vault_stores)VAULT_STORES_NONE;
}

static void put(const struct vault *vault, const char *name, const char *text)
{
	struct error err = { 0 };

	CHECK(vault_put(vault, name, (struct str_view){ text, strlen(text) }, 5, &err) ==
	      0);
}

static void a_vault_asks_the_store_for_its_names_only(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	auto_buf struct buf names = BUF_EMPTY;
	struct vault_stores stores = VAULT_STORES_NONE;
	struct error err = { 0 };
	bool found = false;

	open_mixed(&vault, &stores);
	put(&vault, "installation/7", "seven");
	put(&vault, "global/ab", "there");
	put(&vault, "global/b", "here");
	CHECK(access("kept/team%installation%7", F_OK) == 0);
	CHECK(access("kept/global%ab", F_OK) == 0);
	CHECK(access("v/global/b", F_OK) == 0 && access("v/global/ab", F_OK) < 0);
	CHECK(vault_get(&secret, &vault, "installation/7", &err) == 0 && secret.found);
	CHECK_STR(buf_str(&secret.bytes), "seven");
	CHECK(secret.expires_ms == 5 && secret.stored_ms > 1500000000000);
	CHECK(vault_get(&secret, &vault, "installation/8", &err) == 0 && !secret.found);
	CHECK(vault_list(&names, &vault, "", &err) == 0);
	CHECK_STR(buf_str(&names), "global/ab\nglobal/b\ninstallation/7\n");
	CHECK(vault_delete(&found, &vault, "installation/7", &err) == 0 && found);
	CHECK(vault_delete(&found, &vault, "installation/7", &err) == 0 && !found);
}

static void a_failing_store_says_why(void)
{
	auto_vault struct vault vault = VAULT_NONE;
	auto_vault_secret struct vault_secret secret = VAULT_SECRET_EMPTY;
	struct vault_stores stores = VAULT_STORES_NONE;
	struct error err = { 0 };

	open_mixed(&vault, &stores);
	make_program("vault.d/a", "#!/bin/sh\necho 'not today' >&2\nexit 75\n");
	CHECK(vault_get(&secret, &vault, "installation/7", &err) < 0);
	CHECK(err.kind == ERROR_TEMPORARY && strstr(err.message, "not today"));
	CHECK(strstr(err.message, "installation/7") != NULL);
	CHECK(vault_put(&vault, "global/a", (struct str_view){ "x", 1 }, 0, &err) < 0);
	CHECK(err.kind == ERROR_TEMPORARY);
}

static const struct check_case cases[] = {
	{ "the_setting_is_checked", the_setting_is_checked },
	{ "answers_are_taken_apart", answers_are_taken_apart },
	{ "a_vault_asks_the_store_for_its_names_only",
	  a_vault_asks_the_store_for_its_names_only },
	{ "a_failing_store_says_why", a_failing_store_says_why },
};

CHECK_MAIN(cases)
