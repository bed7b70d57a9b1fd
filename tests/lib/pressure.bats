load ../helper

@test "pressure: every case is listed" {
	every_case_is_listed
}

@test "pressure: what holds the queue is told as it was said" {
	unit what_holds_the_queue_is_told_as_it_was_said
}

@test "pressure: what is furthest above its limit is told" {
	unit what_is_furthest_above_its_limit_is_told
}

@test "pressure: a fall takes as long as the average of ten seconds does" {
	unit a_fall_takes_as_long_as_the_average_of_ten_seconds_does
}
