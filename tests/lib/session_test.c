#include "lib/session.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/role.h"
#include "lib/session_family.h"
#include "lib/session_keys.h"
#include "lib/session_verify.h"
#include "lib/vault.h"
#include "lib/vault_key.h"
#include "tests/lib/check.h"

#define NOW INT64_C(1795218310123)
#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)
#define OPERATOR ROLE_SET(ROLE_OPERATOR)

/* Everything that a test works with, in its own state folder. */
struct world {
	struct layout layout;
	struct vault vault;
	struct session_store store;
	struct session_verifier verifier;
};

#define WORLD_NONE                                                                       \
	{                                                                                \
		LAYOUT_EMPTY, VAULT_NONE, SESSION_STORE_NONE, SESSION_VERIFIER_NONE      \
	}
#define auto_world __attribute__((cleanup(world_close)))

static void world_close(struct world *world)
{
	session_verifier_close(&world->verifier);
	session_store_close(&world->store);
	vault_close(&world->vault);
	layout_free(&world->layout);
}

static void world_open(struct world *world)
{
	struct error err = { 0 };
	auto_free char *key_file = NULL;
	bool made = false;

	CHECK(layout_read(&world->layout, &err) == 0);
	key_file = layout_key_file(&world->layout);
	CHECK(vault_key_make(&made, key_file, &err) == 0);
	CHECK(vault_open_layout(&world->vault, &world->layout, &err) == 0);
	CHECK(session_store_open(&world->store, &world->layout, &world->vault, &err) ==
	      0);
}

static void issue(struct session_tokens *tokens, const struct world *world, bool once)
{
	static char subject[] = "user:jo";
	static char acme[] = "acme";
	const struct principal principal = { subject, acme, OPERATOR };
	const struct session_wish wish = { .principal = &principal,
					   .audience = "ghstats",
					   .once = once,
					   .now_ms = NOW };
	struct error err = { 0 };

	CHECK(session_issue(tokens, &world->store, &wish, &err) == 0);
}

static struct str_view view(const struct buf *text)
{
	return (struct str_view){ buf_str(text), text->len };
}

/* NULL when the token is good, otherwise why not. */
static const char *problem_of(struct world *world, const struct buf *token,
			      const char *audience, int64_t now_ms)
{
	static struct error err;
	auto_session struct session session = SESSION_EMPTY;
	const struct session_proof proof = { view(token), audience, now_ms };

	err = (struct error){ 0 };
	if (world->verifier.dir < 0)
		CHECK(session_verifier_open(&world->verifier, &world->layout, &err) == 0);
	if (session_verify(&session, &world->verifier, &proof, &err) == 0)
		return NULL;
	CHECK(err.kind == ERROR_ABSENT);
	return err.message;
}

static bool refresh(struct session_tokens *tokens, const struct world *world,
		    const struct buf *token, int64_t now_ms, const char *why)
{
	struct error err = { 0 };

	if (session_refresh(tokens, &world->store, view(token), now_ms, &err) == 0)
		return true;
	CHECK(err.kind == ERROR_ABSENT);
	if (!why || !strstr(err.message, why))
		fprintf(stderr, "%s\n", err.message);
	CHECK(why && strstr(err.message, why));
	return false;
}

static void an_access_token_says_who_it_is(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_session struct session session = SESSION_EMPTY;
	struct session_proof proof = { .audience = "ghstats", .now_ms = NOW };
	struct error err = { 0 };

	world_open(&world);
	issue(&tokens, &world, false);
	CHECK(session_verifier_open(&world.verifier, &world.layout, &err) == 0);
	proof.token = view(&tokens.access);
	CHECK(session_verify(&session, &world.verifier, &proof, &err) == 0);
	CHECK_STR(session.principal.subject, "user:jo");
	CHECK_STR(session.principal.name_space, "acme");
	CHECK(session.principal.roles == OPERATOR);
	CHECK_STR(session.id, tokens.id);
	CHECK(session.expires_s == NOW / 1000 + 900);
	CHECK(session_has_ended(&session, &world.verifier, NOW + 16 * MINUTE));
}

static void it_is_good_for_one_audience_and_15_minutes(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;

	world_open(&world);
	issue(&tokens, &world, true);
	CHECK(tokens.refresh.len == 0);
	CHECK(!problem_of(&world, &tokens.access, "ghstats", NOW));
	CHECK(!problem_of(&world, &tokens.access, "ghstats", NOW + 15 * MINUTE + 4000));
	CHECK(problem_of(&world, &tokens.access, "ghstats", NOW + 15 * MINUTE + 5000));
	CHECK(problem_of(&world, &tokens.access, "ghstats", NOW - 7000));
	CHECK_STR(problem_of(&world, &tokens.access, "ghstat", NOW),
		  "no session: the token is for another audience");
}

static void every_changed_byte_is_noticed(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;

	world_open(&world);
	issue(&tokens, &world, true);
	for (size_t i = 0; i < tokens.access.len; i += 3) {
		tokens.access.data[i] ^= 1;
		CHECK(problem_of(&world, &tokens.access, "ghstats", NOW));
		tokens.access.data[i] ^= 1;
	}
	CHECK(!problem_of(&world, &tokens.access, "ghstats", NOW));
}

static void a_refresh_token_is_good_once(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens first = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens second = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens third = SESSION_TOKENS_EMPTY;

	world_open(&world);
	issue(&first, &world, false);
	CHECK(refresh(&second, &world, &first.refresh, NOW + DAY, NULL));
	CHECK_STR(second.id, first.id);
	CHECK(strcmp(buf_str(&second.refresh), buf_str(&first.refresh)) != 0);
	CHECK(refresh(&third, &world, &second.refresh, NOW + 2 * DAY, NULL));
	CHECK(!problem_of(&world, &third.access, "ghstats", NOW + 2 * DAY));
	CHECK(!refresh(&second, &world, &first.refresh, NOW + 2 * DAY,
		       "was used before"));
	/* and with it whatever came of it */
	CHECK(problem_of(&world, &third.access, "ghstats", NOW + 2 * DAY));
	CHECK(!refresh(&second, &world, &third.refresh, NOW + 2 * DAY, "is revoked"));
}

/* A browser's requests come together. */
static void in_its_grace_it_gives_the_same_again(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens first = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens second = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens again = SESSION_TOKENS_EMPTY;

	world_open(&world);
	world.store.grace_ms = 30000;
	issue(&first, &world, false);
	CHECK(refresh(&second, &world, &first.refresh, NOW, NULL));
	for (int i = 0; i < 3; i++) {
		CHECK(refresh(&again, &world, &first.refresh, NOW + 9999 * i, NULL));
		CHECK_STR(buf_str(&again.refresh), buf_str(&second.refresh));
		CHECK(!problem_of(&world, &again.access, "ghstats", NOW + 9999 * i));
	}
	CHECK(refresh(&again, &world, &second.refresh, NOW + 20000, NULL));
	CHECK(!refresh(&again, &world, &first.refresh, NOW + 20000, "was used before"));
}

static void it_lives_seven_days_and_no_session_longer_than_ninety(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	int64_t now_ms = NOW;

	world_open(&world);
	issue(&tokens, &world, false);
	CHECK(!refresh(&tokens, &world, &tokens.refresh, NOW + 7 * DAY, "has expired"));
	for (int i = 0; i < 14; i++) {
		now_ms += 6 * DAY;
		CHECK(refresh(&tokens, &world, &tokens.refresh, now_ms, NULL));
	}
	CHECK(tokens.refresh_expires_s == (NOW + 90 * DAY) / 1000);
	CHECK(refresh(&tokens, &world, &tokens.refresh, NOW + 90 * DAY - MINUTE, NULL));
	CHECK(tokens.access_expires_s == (NOW + 90 * DAY) / 1000);
	CHECK(!refresh(&tokens, &world, &tokens.refresh, NOW + 90 * DAY, "has expired"));
}

static void a_made_up_refresh_token_harms_nobody(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_buf struct buf forged = BUF_EMPTY;
	struct ticket ticket = TICKET_EMPTY;

	world_open(&world);
	issue(&tokens, &world, false);
	for (int i = 0; i < 50; i++) {
		ticket_make(&ticket, NOW / 1000);
		memcpy(ticket.id, tokens.id, sizeof(ticket.id));
		memcpy(ticket.secret, "0000", 4);
		buf_clear(&forged);
		ticket_write(&forged, SESSION_REFRESH_KIND, &ticket);
		CHECK(!refresh(&tokens, &world, &forged, NOW,
			       "no refresh token of ours"));
	}
	buf_clear(&forged);
	ticket_write(&forged, APIKEY_KIND, &ticket);
	CHECK(!refresh(&tokens, &world, &forged, NOW, "does not begin with htr_"));
	CHECK(refresh(&tokens, &world, &tokens.refresh, NOW, NULL));
}

/* Also one that is not used is known by its API key: what is behind it has ended. */
static void a_session_follows_its_api_key(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_apikey struct apikey key = APIKEY_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	auto_buf struct buf text = BUF_EMPTY;
	const struct apikey_wish key_wish = { .roles = OPERATOR, .now_ms = NOW };
	struct session_wish wish = { .principal = &principal,
				     .audience = "ghstats",
				     .until_ms = NOW + DAY,
				     .now_ms = NOW };
	struct error err = { 0 };

	world_open(&world);
	CHECK(apikey_create(&text, &key, &world.store.keys, &key_wish, &err) == 0);
	apikey_principal(&principal, &key);
	CHECK(session_issue(&tokens, &world.store, &wish, &err) == 0);
	CHECK(tokens.refresh_expires_s == (NOW + DAY) / 1000);
	CHECK(refresh(&tokens, &world, &tokens.refresh, NOW, NULL));
	CHECK(apikey_revoke(&world.store.keys, key.id, NOW, &err) == 0);
	CHECK(!refresh(&tokens, &world, &tokens.refresh, NOW, "has been revoked"));
}

static void revoking_ends_it_at_once(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens other = SESSION_TOKENS_EMPTY;
	struct error err = { 0 };

	world_open(&world);
	issue(&tokens, &world, false);
	issue(&other, &world, false);
	CHECK(!problem_of(&world, &tokens.access, "ghstats", NOW));
	CHECK(session_revoke(&world.store, tokens.id, "test", NOW, &err) == 0);
	CHECK(problem_of(&world, &tokens.access, "ghstats", NOW));
	CHECK(!problem_of(&world, &other.access, "ghstats", NOW));
	CHECK(!refresh(&tokens, &world, &tokens.refresh, NOW, "is revoked"));
	CHECK(session_revoke(&world.store, "0tov1r5jok9i", "test", NOW, &err) < 0);
	CHECK(err.kind == ERROR_ABSENT);
}

static void old_keys_still_verify_when_new_ones_sign(void)
{
	auto_world struct world world = WORLD_NONE;
	struct session_tokens tokens[4] = { SESSION_TOKENS_EMPTY, SESSION_TOKENS_EMPTY,
					    SESSION_TOKENS_EMPTY, SESSION_TOKENS_EMPTY };
	struct error err = { 0 };

	world_open(&world);
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			CHECK(session_keys_rotate(&world.vault, world.store.dir,
						  i % 2 ? CRYPTO_ES256 : CRYPTO_EDDSA,
						  NOW / 1000, &err) == 0);
		issue(&tokens[i], &world, true);
		/* the verifier has read older keys */
		CHECK(!problem_of(&world, &tokens[i].access, "ghstats", NOW + i * 2000));
	}
	CHECK(!problem_of(&world, &tokens[1].access, "ghstats", NOW));
	CHECK(!problem_of(&world, &tokens[2].access, "ghstats", NOW));
	CHECK(problem_of(&world, &tokens[0].access, "ghstats", NOW));
	for (int i = 0; i < 4; i++)
		session_tokens_wipe(&tokens[i]);
}

static void a_changed_file_is_refused(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_buf struct buf file = BUF_EMPTY;
	struct error err = { 0 };
	char *role = NULL;

	world_open(&world);
	issue(&tokens, &world, false);
	CHECK(file_read(&file, world.store.dir, tokens.id, 10000, &err) == 0);
	role = strstr(file.data, "operator");
	CHECK(role != NULL);
	role[0] = 'O';
	CHECK(file_replace(world.store.dir, tokens.id, file.data, file.len, 0600, &err) ==
	      0);
	CHECK(session_refresh(&tokens, &world.store, view(&tokens.refresh), NOW, &err) <
	      0);
	CHECK(err.kind == ERROR_DENIED);
}

static void what_ended_is_pruned(void)
{
	auto_world struct world world = WORLD_NONE;
	auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
	auto_session_tokens struct session_tokens once = SESSION_TOKENS_EMPTY;
	struct error err = { 0 };
	size_t count = 9;

	world_open(&world);
	issue(&tokens, &world, false);
	issue(&once, &world, true);
	CHECK(session_revoke(&world.store, tokens.id, "test", NOW, &err) == 0);
	CHECK(session_prune(&count, &world.store, NOW, &err) == 0 && count == 0);
	CHECK(session_prune(&count, &world.store, NOW + DAY, &err) == 0 && count == 1);
	CHECK(session_is_revoked(&world.store, tokens.id));
	CHECK(session_prune(&count, &world.store, NOW + 8 * DAY, &err) == 0);
	CHECK(count == 1 && !session_is_revoked(&world.store, tokens.id));
}

static void wishes_are_checked(void)
{
	auto_world struct world world = WORLD_NONE;
	static char jo[] = "jo";
	static char bad[] = "j\no";
	const struct {
		struct principal principal;
		const char *audience;
	} wishes[] = {
		{ { NULL, NULL, OPERATOR }, "a" },  { { bad, NULL, OPERATOR }, "a" },
		{ { jo, NULL, 0 }, "a" },	    { { jo, NULL, OPERATOR }, "" },
		{ { jo, NULL, OPERATOR }, "a\tb" },
	};

	world_open(&world);
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		auto_session_tokens struct session_tokens tokens = SESSION_TOKENS_EMPTY;
		const struct session_wish wish = { .principal = &wishes[i].principal,
						   .audience = wishes[i].audience,
						   .now_ms = NOW };
		struct error err = { 0 };

		CHECK(session_issue(&tokens, &world.store, &wish, &err) < 0);
		CHECK(err.kind == ERROR_USAGE && tokens.access.len == 0);
	}
}

static const struct check_case cases[] = {
	{ "an_access_token_says_who_it_is", an_access_token_says_who_it_is },
	{ "it_is_good_for_one_audience_and_15_minutes",
	  it_is_good_for_one_audience_and_15_minutes },
	{ "every_changed_byte_is_noticed", every_changed_byte_is_noticed },
	{ "a_refresh_token_is_good_once", a_refresh_token_is_good_once },
	{ "in_its_grace_it_gives_the_same_again", in_its_grace_it_gives_the_same_again },
	{ "it_lives_seven_days_and_no_session_longer_than_ninety",
	  it_lives_seven_days_and_no_session_longer_than_ninety },
	{ "a_made_up_refresh_token_harms_nobody", a_made_up_refresh_token_harms_nobody },
	{ "a_session_follows_its_api_key", a_session_follows_its_api_key },
	{ "revoking_ends_it_at_once", revoking_ends_it_at_once },
	{ "old_keys_still_verify_when_new_ones_sign",
	  old_keys_still_verify_when_new_ones_sign },
	{ "a_changed_file_is_refused", a_changed_file_is_refused },
	{ "what_ended_is_pruned", what_ended_is_pruned },
	{ "wishes_are_checked", wishes_are_checked },
};

CHECK_MAIN(cases)
