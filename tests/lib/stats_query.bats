load ../helper

@test "stats_query: every case is listed" {
	every_case_is_listed
}

@test "stats_query: every list takes its filters" {
	unit every_list_takes_its_filters
}

@test "stats_query: every report takes all filters" {
	unit every_report_takes_all_filters
}

@test "stats_query: a cursor of another list is refused" {
	unit a_cursor_of_another_list_is_refused
}

@test "stats_query: nothing is summarized as nothing" {
	unit nothing_is_summarized_as_nothing
}
