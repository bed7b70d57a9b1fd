#ifndef LIB_OIDC_POLICY_H
#define LIB_OIDC_POLICY_H

#include <stdbool.h>

#include "lib/str.h"

struct buf;
struct error;
struct principal;

/*
 * What the claims of somebody else's token allow here: a JSON file of rules, see
 * tokenmint-login(1).  The first rule all of whose claims match gives roles and a namespace.
 */
#define OIDC_POLICY_MAX (256 * 1024)

/* ERROR_CONFIG says which rule is wrong, and how. */
int oidc_policy_check(struct str_view policy, struct error *err);

/*
 * policy has been checked; claims is a sound object.  *found is false when no rule matches;
 * otherwise principal has the roles, the namespace, and the claim "sub" as its subject.
 */
int oidc_policy_apply(struct principal *principal, bool *found, struct str_view policy,
		      struct str_view claims, struct error *err);

/*
 * GitHub's newer form of a subject, repo:OWNER@ID/REPO@ID:REST, in the older one,
 * repo:OWNER/REPO:REST; false and out unchanged when it is not of the newer form.
 */
bool oidc_policy_plain_subject(struct buf *out, struct str_view subject);

#endif
