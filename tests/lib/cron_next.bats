load ../helper

@test "cron_next: every case is listed" {
	every_case_is_listed
}

@test "cron_next: berlin changes its clock" {
	unit berlin_changes_its_clock
}

@test "cron_next: new york changes its clock" {
	unit new_york_changes_its_clock
}

@test "cron_next: clocks that are changed by half an hour" {
	unit clocks_that_are_changed_by_half_an_hour
}

@test "cron_next: a day that never was" {
	unit a_day_that_never_was
}

@test "cron_next: days that are far" {
	unit days_that_are_far
}

@test "cron_next: as one who looks at the clock each minute" {
	unit as_one_who_looks_at_the_clock_each_minute
}

@test "cron_next: the last of many is found at once" {
	unit the_last_of_many_is_found_at_once
}
