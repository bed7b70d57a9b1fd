load ../helper

@test "audit: every case is listed" {
	every_case_is_listed
}

@test "audit: appends lines that name tokens by hash" {
	unit appends_lines_that_name_tokens_by_hash
}

@test "audit: is for its owner only" {
	unit is_for_its_owner_only
}

@test "audit: trims what is older" {
	unit trims_what_is_older
}

@test "audit: keeps a line that it cannot read" {
	unit keeps_a_line_that_it_cannot_read
}

@test "audit: loses no line while it is trimmed" {
	unit loses_no_line_while_it_is_trimmed
}
