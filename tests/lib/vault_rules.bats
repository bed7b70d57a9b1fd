load ../helper

@test "vault_rules: every case is listed" {
	every_case_is_listed
}

@test "vault_rules: what no rule allows is denied" {
	unit what_no_rule_allows_is_denied
}

@test "vault_rules: stars are prefixes" {
	unit stars_are_prefixes
}

@test "vault_rules: percent is the name" {
	unit percent_is_the_name
}

@test "vault_rules: several must all fit" {
	unit several_must_all_fit
}

# bats test_tags=F2_75
@test "vault_rules: only admins set global and owners their own" {
	unit only_admins_set_global_and_owners_their_own
}

# bats test_tags=F2_81
@test "vault_rules: a namespace is a fence" {
	unit a_namespace_is_a_fence
}

@test "vault_rules: errors name the line" {
	unit errors_name_the_line
}

@test "vault_rules: a file that others may write is refused" {
	unit a_file_that_others_may_write_is_refused
}
