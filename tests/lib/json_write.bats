load ../helper

@test "json_write: every case is listed" {
	every_case_is_listed
}

@test "json_write: owns commas and quotes" {
	unit owns_commas_and_quotes
}

@test "json_write: what is no utf8 becomes the replacement" {
	unit what_is_no_utf8_becomes_the_replacement
}

@test "json_write: a nul is written" {
	unit a_nul_is_written
}

@test "json_write: what was cut ends with a whole sequence" {
	unit what_is_cut_ends_with_a_whole_sequence
}
