load ../helper

@test "sealed: every case is listed" {
	every_case_is_listed
}

@test "sealed: bytes and digest are the files" {
	unit bytes_and_digest_are_the_files
}

@test "sealed: nothing is a file too" {
	unit nothing_is_a_file_too
}

@test "sealed: nobody can change them" {
	unit nobody_can_change_them
}

@test "sealed: only regular files" {
	unit only_regular_files
}

@test "sealed: there is a limit" {
	unit there_is_a_limit
}
