load ../helper

@test "role: every case is listed" {
	every_case_is_listed
}

@test "role: names are exact" {
	unit names_are_exact
}

# bats test_tags=F2_45
@test "role: a viewer looks and changes nothing" {
	unit a_viewer_looks_and_changes_nothing
}

# bats test_tags=F2_45
@test "role: an operator runs things but sets no global secret" {
	unit an_operator_runs_things_but_sets_no_global_secret
}

# bats test_tags=F2_45
@test "role: an admin may what stands nowhere" {
	unit an_admin_may_what_stands_nowhere
}

@test "role: verbs are exact" {
	unit verbs_are_exact
}

# bats test_tags=F2_45
@test "role: an object that is not plain is nobodys" {
	unit an_object_that_is_not_plain_is_nobodys
}
