load ../helper

@test "github: every case is listed" {
	every_case_is_listed
}

@test "github: call has githubs headers" {
	unit call_has_githubs_headers
}

@test "github: the next page is at the same origin" {
	unit the_next_page_is_at_the_same_origin
}

@test "github: the last page has no next" {
	unit the_last_page_has_no_next
}

@test "github: answers are judged" {
	unit answers_are_judged
}

@test "github: githubs words are told and bounded" {
	unit githubs_words_are_told_and_bounded
}

@test "github: answers travel as lines" {
	unit answers_travel_as_lines
}

@test "github: errors travel as lines" {
	unit errors_travel_as_lines
}

@test "github: other lines are refused" {
	unit other_lines_are_refused
}
