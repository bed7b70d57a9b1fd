#include "lib/apikey.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/role.h"
#include "lib/vault.h"
#include "lib/vault_key.h"
#include "tests/lib/check.h"

#define NOW INT64_C(1795218310123)
#define OPERATOR ROLE_SET(ROLE_OPERATOR)

/* A store in the test's own state folder. */
static void open_fresh(struct apikey_store *store)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_vault struct vault vault = VAULT_NONE;
	struct error err = { 0 };
	auto_free char *key_file = NULL;
	bool made = false;

	CHECK(layout_read(&layout, &err) == 0);
	key_file = layout_key_file(&layout);
	CHECK(vault_key_make(&made, key_file, &err) == 0);
	CHECK(vault_open_layout(&vault, &layout, &err) == 0);
	CHECK(apikey_store_open(store, &layout, &vault, &err) == 0);
}

static void make_with(struct buf *text, struct apikey *key,
		      const struct apikey_store *store, const struct apikey_wish *wish)
{
	struct error err = { 0 };

	CHECK(apikey_create(text, key, store, wish, &err) == 0);
}

static void make(struct buf *text, struct apikey *key, const struct apikey_store *store)
{
	const struct apikey_wish wish = { .name = "ci",
					  .name_space = "acme",
					  .roles = OPERATOR,
					  .now_ms = NOW,
					  .expires_ms = NOW + 1000 };

	make_with(text, key, store, &wish);
}

static enum error_kind verify(struct apikey *key, const struct apikey_store *store,
			      const struct buf *text, int64_t now_ms)
{
	struct error err = { 0 };

	(void)apikey_verify(key, store, (struct str_view){ buf_str(text), text->len },
			    now_ms, &err);
	return err.kind;
}

static void a_key_is_known_again(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey_store struct apikey_store again = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_apikey struct apikey read = APIKEY_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;

	open_fresh(&store);
	make(&text, &key, &store);
	open_fresh(&again); /* another process */
	CHECK(verify(&read, &again, &text, NOW) == ERROR_NONE);
	CHECK_STR(read.id, key.id);
	CHECK_STR(read.name, "ci");
	CHECK(read.created_ms == NOW && read.expires_ms == NOW + 1000 &&
	      read.roles == OPERATOR && !read.bound);
	apikey_principal(&principal, &read);
	CHECK(strcmp(principal.subject + strlen("apikey:"), key.id) == 0);
	CHECK_STR(principal.name_space, "acme");
}

static void the_file_does_not_hold_the_key(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf file = BUF_EMPTY;
	struct ticket ticket = TICKET_EMPTY;
	struct error err = { 0 };
	struct stat status;

	open_fresh(&store);
	make(&text, &key, &store);
	CHECK(ticket_read(&ticket, APIKEY_KIND, (struct str_view){ text.data, text.len },
			  &err) == 0);
	CHECK(file_read(&file, store.dir, key.id, 10000, &err) == 0);
	CHECK(!strstr(file.data, ticket.secret));
	ticket.secret[8] = '\0';
	CHECK(!strstr(file.data, ticket.secret));
	CHECK(fstatat(store.dir, key.id, &status, 0) == 0);
	CHECK((status.st_mode & 07777) == 0600);
}

static void another_secret_with_a_good_checksum_is_refused(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf forged = BUF_EMPTY;
	struct ticket ticket = TICKET_EMPTY;

	open_fresh(&store);
	make(&text, &key, &store);
	ticket_make(&ticket, NOW / 1000);
	memcpy(ticket.id, key.id, sizeof(ticket.id));
	ticket_write(&forged, APIKEY_KIND, &ticket);
	CHECK(verify(&key, &store, &forged, NOW) == ERROR_ABSENT);
	ticket_make(&ticket, NOW / 1000);
	buf_clear(&forged);
	ticket_write(&forged, APIKEY_KIND, &ticket);
	CHECK(verify(&key, &store, &forged, NOW) == ERROR_ABSENT);
}

static void it_ends_in_time_and_by_revocation(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_apikey struct apikey read = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	struct error err = { 0 };

	open_fresh(&store);
	make(&text, &key, &store);
	CHECK(verify(&read, &store, &text, NOW + 999) == ERROR_NONE);
	CHECK(verify(&read, &store, &text, NOW + 1000) == ERROR_ABSENT);
	CHECK(apikey_revoke(&store, key.id, NOW + 5, &err) == 0);
	CHECK(verify(&read, &store, &text, NOW) == ERROR_ABSENT);
	CHECK(apikey_revoke(&store, key.id, NOW + 9, &err) == 0);
	CHECK(apikey_load(&read, &store, key.id, &err) == 0);
	CHECK(read.revoked_ms == NOW + 5);
	CHECK_STR(apikey_problem(&read, NOW), "has been revoked");
}

/* role "operator" becomes "admin": the file's owner may write, but not sign. */
static void a_changed_file_is_refused(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf file = BUF_EMPTY;
	auto_buf struct buf other = BUF_EMPTY;
	struct error err = { 0 };

	open_fresh(&store);
	make(&text, &key, &store);
	CHECK(file_read(&file, store.dir, key.id, 10000, &err) == 0);
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		CHECK(file_replace(store.dir, key.id, file.data, file.len, 0600, &err) ==
		      0);
		if (i < file.len - 1)
			CHECK(verify(&key, &store, &text, NOW) == ERROR_DENIED);
		file.data[i] ^= 1;
		i += i > 20 ? 7 : 0;
	}
	make(&other, &key, &store);
	CHECK(file_replace(store.dir, key.id, file.data, file.len, 0600, &err) == 0);
	CHECK(verify(&key, &store, &other, NOW) == ERROR_DENIED);
}

static void use_is_noted_once_a_minute(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_apikey struct apikey read = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	const struct apikey_wish wish = { .roles = OPERATOR, .now_ms = NOW };
	struct error err = { 0 };

	open_fresh(&store);
	make_with(&text, &key, &store, &wish);
	CHECK(apikey_load(&read, &store, key.id, &err) == 0 && read.used_ms == 0);
	CHECK(verify(&read, &store, &text, NOW) == ERROR_NONE && read.used_ms == NOW);
	CHECK(verify(&read, &store, &text, NOW + 59999) == ERROR_NONE);
	CHECK(apikey_load(&read, &store, key.id, &err) == 0 && read.used_ms == NOW);
	CHECK(verify(&read, &store, &text, NOW + 60000) == ERROR_NONE);
	CHECK(apikey_load(&read, &store, key.id, &err) == 0);
	CHECK(read.used_ms == NOW + 60000);
}

static void the_first_key_is_given_out_once(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	const struct apikey_wish wish = { .roles = ROLE_SET(ROLE_ADMIN), .now_ms = NOW };
	struct error err = { 0 };

	open_fresh(&store);
	CHECK(apikey_bootstrap(&text, &key, &store, &wish, &err) == 0);
	CHECK(text.len == TICKET_LEN);
	CHECK(apikey_bootstrap(&text, &key, &store, &wish, &err) < 0);
	CHECK(err.kind == ERROR_ABSENT && strstr(err.message, key.id));
	CHECK(text.len == TICKET_LEN);
	CHECK(apikey_revoke(&store, key.id, NOW, &err) == 0);
	CHECK(apikey_bootstrap(&text, &key, &store, &wish, &err) < 0);
}

static void what_is_bound_goes_with_it(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	auto_buf struct buf bound = BUF_EMPTY;
	auto_buf struct buf ids = BUF_EMPTY;
	struct apikey_wish wish = { .roles = OPERATOR, .now_ms = NOW, .bound = "run:1" };
	struct error err = { 0 };
	size_t count = 0;

	open_fresh(&store);
	make_with(&bound, &key, &store, &wish);
	CHECK_STR(key.bound, "run:1");
	wish.bound = "run:12";
	make_with(&text, &key, &store, &wish);
	buf_clear(&text);
	make(&text, &key, &store);
	CHECK(apikey_remove_bound(&count, &store, "run:1", &err) == 0 && count == 1);
	CHECK(verify(&key, &store, &bound, NOW) == ERROR_ABSENT);
	CHECK(verify(&key, &store, &text, NOW) == ERROR_NONE);
	CHECK(apikey_ids(&ids, &store, &err) == 0);
	CHECK(ids.len == (size_t)2 * (TICKET_ID_LEN + 1));
	CHECK(apikey_remove_bound(&count, &store, "run:1", &err) == 0 && count == 0);
}

static void the_dead_are_pruned(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	const struct apikey_wish lasting = { .roles = OPERATOR, .now_ms = NOW };
	struct error err = { 0 };
	size_t count = 0;

	open_fresh(&store);
	make_with(&text, &key, &store, &lasting);
	make_with(&text, &key, &store, &lasting);
	CHECK(apikey_revoke(&store, key.id, NOW + 10, &err) == 0);
	make(&text, &key, &store);
	CHECK(apikey_prune(&count, &store, NOW + 10, &err) == 0 && count == 0);
	CHECK(apikey_prune(&count, &store, NOW + 11, &err) == 0 && count == 1);
	CHECK(apikey_prune(&count, &store, NOW + 2000, &err) == 0 && count == 1);
	CHECK(apikey_prune(&count, &store, NOW + 9000, &err) == 0 && count == 0);
}

static void wishes_are_checked(void)
{
	auto_apikey_store struct apikey_store store = APIKEY_STORE_NONE;
	char name[APIKEY_NAME_MAX + 2] = "";
	const struct apikey_wish bad[] = {
		{ .roles = 0 },
		{ .roles = OPERATOR, .name = "a\nb" },
		{ .roles = OPERATOR, .name = name },
		{ .roles = OPERATOR, .name_space = "a/b" },
		{ .roles = OPERATOR, .name_space = "" },
		{ .roles = OPERATOR, .bound = "" },
	};

	memset(name, 'x', sizeof(name) - 1);
	open_fresh(&store);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_apikey struct apikey key = APIKEY_EMPTY;
		auto_buf struct buf text = BUF_EMPTY;
		struct error err = { 0 };

		CHECK(apikey_create(&text, &key, &store, &bad[i], &err) < 0);
		CHECK(err.kind == ERROR_USAGE && text.len == 0 && !key.name);
	}
}

static const struct check_case cases[] = {
	{ "a_key_is_known_again", a_key_is_known_again },
	{ "the_file_does_not_hold_the_key", the_file_does_not_hold_the_key },
	{ "another_secret_with_a_good_checksum_is_refused",
	  another_secret_with_a_good_checksum_is_refused },
	{ "it_ends_in_time_and_by_revocation", it_ends_in_time_and_by_revocation },
	{ "a_changed_file_is_refused", a_changed_file_is_refused },
	{ "use_is_noted_once_a_minute", use_is_noted_once_a_minute },
	{ "the_first_key_is_given_out_once", the_first_key_is_given_out_once },
	{ "what_is_bound_goes_with_it", what_is_bound_goes_with_it },
	{ "the_dead_are_pruned", the_dead_are_pruned },
	{ "wishes_are_checked", wishes_are_checked },
};

CHECK_MAIN(cases)
