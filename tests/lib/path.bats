load ../helper

@test "path: every case is listed" {
	every_case_is_listed
}

@test "path: joins with one slash" {
	unit joins_with_one_slash
}

@test "path: safe names stay in their folder" {
	unit safe_names_stay_in_their_folder
}
