load ../helper

@test "jail: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F3_12
@test "jail: it ends while a child of ours in it is not reaped" {
	unit it_ends_while_a_child_of_ours_in_it_is_not_reaped
}
