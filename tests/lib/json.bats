load ../helper

@test "json: every case is listed" {
	every_case_is_listed
}

@test "json: parse says what is wrong" {
	unit parse_says_what_is_wrong
}

@test "json: dump is compact" {
	unit dump_is_compact
}

@test "json: members have types" {
	unit members_have_types
}

@test "json: what is no object has no members" {
	unit what_is_no_object_has_no_members
}

@test "json: print is a line" {
	unit print_is_a_line
}

@test "json: elements of arrays and keys of objects" {
	unit elements_and_keys
}
