load ../helper

@test "version: every case is listed" {
	every_case_is_listed
}

@test "version: what is parsed is written again" {
	unit what_is_parsed_is_written_again
}

@test "version: what is no version is refused" {
	unit what_is_no_version_is_refused
}

@test "version: numbers are compared as numbers" {
	unit numbers_are_compared_as_numbers
}

# bats test_tags=F2_23,F2_52
@test "version: the beginning stands for all" {
	unit the_beginning_stands_for_all
}
