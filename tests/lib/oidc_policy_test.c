#include "lib/oidc_policy.h"

#include "lib/principal.h"
#include "lib/role.h"
#include "tests/lib/jose_vectors.h"

#define CLAIMS                                                                           \
	"{'sub':'repo:acme@65/site@74:ref:refs/heads/main','repository_id':'74',"        \
	"'repository':'acme/"                                                            \
	"site','run_attempt':1,'fork':false,'email':null,'aud':['us']}"

/* The roles that the claims get; 0 when no rule matches. */
static unsigned roles_of(const char *policy)
{
	auto_buf struct buf json = BUF_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	struct error err = { 0 };
	bool found = false;

	add_json(&json, policy);
	add_json(&claims, CLAIMS);
	if (oidc_policy_check(view_of(&json), &err) < 0)
		fprintf(stderr, "%s\n", err.message);
	CHECK(err.kind == ERROR_NONE);
	CHECK(oidc_policy_apply(&principal, &found, view_of(&json), view_of(&claims),
				&err) == 0);
	CHECK(found == (principal.roles != 0) && found == (principal.subject != NULL));
	return principal.roles;
}

static void refuse(const char *policy, const char *why)
{
	auto_buf struct buf json = BUF_EMPTY;
	struct error err = { 0 };

	add_json(&json, policy);
	CHECK(oidc_policy_check(view_of(&json), &err) < 0);
	if (!strstr(err.message, why))
		fprintf(stderr, "'%s', not '%s'\n", err.message, why);
	CHECK(err.kind == ERROR_CONFIG && strstr(err.message, why));
}

static void the_first_rule_that_matches_counts(void)
{
	CHECK(roles_of("{'rules':[]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'repository':'acme/other'},"
		       "'roles':['admin']},{'claims':{'repository':'acme/*'},"
		       "'roles':['operator']},{'claims':{'repository':'*/*'},"
		       "'roles':['viewer']}]}") == ROLE_SET(ROLE_OPERATOR));
}

static void all_claims_of_a_rule_match(void)
{
	CHECK(roles_of("{'rules':[{'claims':{'repository_id':'74','run_attempt':1,"
		       "'fork':false},'roles':['viewer']}]}") != 0);
	CHECK(roles_of("{'rules':[{'claims':{'repository_id':74},'roles':['viewer']}]"
		       "}") != 0);
	CHECK(roles_of("{'rules':[{'claims':{'repository_id':'74','run_attempt':2},"
		       "'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'missing':'*'},'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'email':'*'},'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'aud':'*'},'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'repository':['b/c','acme/site']},"
		       "'roles':['viewer']}]}") != 0);
}

/* The older form of a subject has names only, which others may take over. */
static void an_old_subject_counts_only_beside_a_number(void)
{
	CHECK(roles_of("{'rules':[{'claims':{'sub':'repo:acme/site:ref:refs/heads/main'}"
		       ",'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'sub':'repo:acme/site:ref:refs/heads/main',"
		       "'repository_id':'74'},'roles':['viewer']}]}") != 0);
	CHECK(roles_of("{'rules':[{'claims':{'sub':'repo:acme/site:ref:refs/heads/main',"
		       "'repository_id':'75'},'roles':['viewer']}]}") == 0);
	CHECK(roles_of("{'rules':[{'claims':{'sub':"
		       "'repo:acme@65/site@74:ref:refs/heads/main'},'roles':['viewer']}]"
		       "}") != 0);
}

static void subjects_are_made_plain(void)
{
	static const char *const pairs[][2] = {
		{ "repo:acme@65/site@74:ref:refs/heads/a@1",
		  "repo:acme/site:ref:refs/heads/a@1" },
		{ "repo:a@1/b@2:environment:x", "repo:a/b:environment:x" },
		{ "repo:acme/site:ref:refs/heads/main", "" },
		{ "repo:acme@65/site:ref", "" },
		{ "repo:acme/site@74:ref", "" },
		{ "repo:@65/site@74:ref", "" },
		{ "repo:acme@/site@74:ref", "" },
		{ "repo:acme@65/site@74", "" },
		{ "repo:acme@65:site@74/ref", "" },
		{ "repository:acme@65/site@74:ref", "" },
		{ "repo", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		auto_buf struct buf plain = BUF_EMPTY;

		CHECK(oidc_policy_plain_subject(&plain, view(pairs[i][0])) ==
		      (*pairs[i][1] != '\0'));
		CHECK_STR(buf_str(&plain), pairs[i][1]);
	}
}

static void a_rule_that_is_wrong_is_named(void)
{
	refuse("", "the policy");
	refuse("[]", "the policy");
	refuse("{}", "no array 'rules'");
	refuse("{'rules':{}}", "no array 'rules'");
	refuse("{'rules':[7]}", "rule 1 of the policy");
	refuse("{'rules':[{'claims':{'a':'b'},'roles':['viewer']},{'roles':['viewer']}]}",
	       "rule 2 of the policy: it has no 'claims'");
	refuse("{'rules':[{'claims':{},'roles':['viewer']}]}", "would match everybody");
	refuse("{'rules':[{'claims':{'a':'b'}}]}", "its 'roles'");
	refuse("{'rules':[{'claims':{'a':'b'},'roles':['root']}]}", "its 'roles'");
	refuse("{'rules':[{'claims':{'a':'b'},'roles':[]}]}", "its 'roles'");
	refuse("{'rules':[{'claims':{'a':''},'roles':['viewer']}]}", "claim 'a'");
	refuse("{'rules':[{'claims':{'a':null},'roles':['viewer']}]}", "claim 'a'");
	refuse("{'rules':[{'claims':{'a':[]},'roles':['viewer']}]}", "claim 'a'");
	refuse("{'rules':[{'claims':{'a':['b',{}]},'roles':['viewer']}]}", "claim 'a'");
	refuse("{'rules':[{'claims':{'a':'b'},'roles':['viewer'],'role':'x'}]}",
	       "nobody knows its 'role'");
	refuse("{'rules':[{'claims':{'a':'b'},'roles':['viewer'],'namespace':'a/b'}]}",
	       "its 'namespace'");
}

static void a_namespace_is_given(void)
{
	auto_buf struct buf json = BUF_EMPTY;
	auto_buf struct buf claims = BUF_EMPTY;
	auto_principal struct principal principal = PRINCIPAL_EMPTY;
	struct error err = { 0 };
	bool found = false;

	add_json(&claims, CLAIMS);
	add_json(&json, "{'rules':[{'comment':'ours','claims':{'repository':'acme/*'},"
			"'roles':['viewer'],'namespace':'acme'}]}");
	CHECK(oidc_policy_apply(&principal, &found, view_of(&json), view_of(&claims),
				&err) == 0);
	CHECK(found);
	CHECK_STR(principal.name_space, "acme");
	CHECK_STR(principal.subject, "repo:acme@65/site@74:ref:refs/heads/main");
}

static const struct check_case cases[] = {
	{ "the_first_rule_that_matches_counts", the_first_rule_that_matches_counts },
	{ "all_claims_of_a_rule_match", all_claims_of_a_rule_match },
	{ "an_old_subject_counts_only_beside_a_number",
	  an_old_subject_counts_only_beside_a_number },
	{ "subjects_are_made_plain", subjects_are_made_plain },
	{ "a_rule_that_is_wrong_is_named", a_rule_that_is_wrong_is_named },
	{ "a_namespace_is_given", a_namespace_is_given },
};

CHECK_MAIN(cases)
