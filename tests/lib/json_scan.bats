load ../helper

@test "json_scan: every case is listed" {
	every_case_is_listed
}

@test "json_scan: takes what the grammar allows" {
	unit takes_what_the_grammar_allows
}

@test "json_scan: refuses everything else" {
	unit refuses_everything_else
}

@test "json_scan: depth has its limit" {
	unit depth_has_its_limit
}

@test "json_scan: line breaks between tokens become spaces" {
	unit line_breaks_between_tokens_become_spaces
}

@test "json_scan: failure says where" {
	unit failure_says_where
}

@test "json_scan: members are cut out as they stand" {
	unit members_are_cut_out_as_they_stand
}

@test "json_scan: members come one after another" {
	unit members_come_one_after_another
}

@test "json_scan: elements come one after another" {
	unit elements_come_one_after_another
}
