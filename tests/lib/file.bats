load ../helper

@test "file: every case is listed" {
	every_case_is_listed
}

@test "file: reads whole with a limit" {
	unit reads_whole_with_a_limit
}

@test "file: replace keeps the mode and leaves no temporary" {
	unit replace_keeps_the_mode_and_leaves_no_temporary
}

@test "file: replace into a missing folder fails" {
	unit replace_into_a_missing_folder_fails
}

@test "file: makes parents" {
	unit makes_parents
}

@test "file: lock keeps the other out" {
	unit lock_keeps_the_other_out
}

@test "file: write says what failed" {
	unit write_says_what_failed
}
