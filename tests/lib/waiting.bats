load ../helper

@test "waiting: every case is listed" {
	every_case_is_listed
}

@test "waiting: the smallest comes first" {
	unit the_smallest_comes_first
}

@test "waiting: each group has its line and the oldest of all is next" {
	unit each_group_has_its_line_and_the_oldest_of_all_is_next
}

@test "waiting: times and other jobs are waited for" {
	unit times_and_other_jobs_are_waited_for
}
