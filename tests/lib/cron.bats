load ../helper

@test "cron: every case is listed" {
	every_case_is_listed
}

@test "cron: takes ranges steps and lists" {
	unit takes_ranges_steps_and_lists
}

@test "cron: takes names" {
	unit takes_names
}

@test "cron: seven is sunday" {
	unit seven_is_sunday
}

@test "cron: takes nicknames" {
	unit takes_nicknames
}

@test "cron: takes intervals" {
	unit takes_intervals
}

@test "cron: names what is wrong" {
	unit names_what_is_wrong
}

@test "cron: what others have is named" {
	unit what_others_have_is_named
}

@test "cron: impossible days are refused" {
	unit impossible_days_are_refused
}

@test "cron: a day by either field or by both" {
	unit a_day_by_either_field_or_by_both
}

@test "cron: finds the next minute from any second" {
	unit finds_the_next_minute_from_any_second
}
