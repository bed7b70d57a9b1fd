load ../helper

@test "oidc_policy: every case is listed" {
	every_case_is_listed
}

@test "oidc_policy: the first rule that matches counts" {
	unit the_first_rule_that_matches_counts
}

@test "oidc_policy: all claims of a rule match" {
	unit all_claims_of_a_rule_match
}

@test "oidc_policy: an old subject counts only beside a number" {
	unit an_old_subject_counts_only_beside_a_number
}

@test "oidc_policy: subjects are made plain" {
	unit subjects_are_made_plain
}

@test "oidc_policy: a rule that is wrong is named" {
	unit a_rule_that_is_wrong_is_named
}

@test "oidc_policy: a namespace is given" {
	unit a_namespace_is_given
}
