load ../helper

@test "lines: every case is listed" {
	every_case_is_listed
}

@test "lines: gives lines" {
	unit gives_lines
}

@test "lines: takes a last line without break" {
	unit takes_a_last_line_without_break
}

@test "lines: skips a line that is too long" {
	unit skips_a_line_that_is_too_long
}

@test "lines: takes a line of exactly the limit" {
	unit takes_a_line_of_exactly_the_limit
}

@test "lines: holds little of an endless line" {
	unit holds_little_of_an_endless_line
}

@test "lines: knows what is ready" {
	unit knows_what_is_ready
}

@test "lines: half a line is not ready" {
	unit half_a_line_is_not_ready
}
