load ../helper

@test "config: every case is listed" {
	every_case_is_listed
}

@test "config: a missing file is fine" {
	unit a_missing_file_is_fine
}

@test "config: lines quotes and comments" {
	unit lines_quotes_and_comments
}

@test "config: the environment beats the file" {
	unit the_environment_beats_the_file
}

@test "config: wrong lines are named" {
	unit wrong_lines_are_named
}
