load ../helper

@test "hooktools_set: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F3_13,F2_16
@test "hooktools_set: what is set holds" {
	unit what_is_set_holds
}

# bats test_tags=F3_15
@test "hooktools_set: what cannot be set is told" {
	unit what_cannot_be_set_is_told
}

@test "hooktools_set: what is submitted waits for its turn" {
	unit what_is_submitted_waits_for_its_turn
}

@test "hooktools_set: a group goes one by one" {
	unit a_group_goes_one_by_one
}
