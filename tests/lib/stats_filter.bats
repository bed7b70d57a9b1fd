load ../helper

@test "stats_filter: every case is listed" {
	every_case_is_listed
}

@test "stats_filter: knows its fields" {
	unit knows_its_fields
}

@test "stats_filter: takes what can be" {
	unit takes_what_can_be
}

@test "stats_filter: refuses what cannot" {
	unit refuses_what_cannot
}

@test "stats_filter: reads times" {
	unit reads_times
}

@test "stats_filter: sees a number of a workflow" {
	unit sees_a_number_of_a_workflow
}

@test "stats_filter: checks the order of times" {
	unit checks_the_order_of_times
}

@test "stats_filter: hides keys in cursors" {
	unit hides_keys_in_cursors
}
