load ../helper

@test "process: every case is listed" {
	every_case_is_listed
}

@test "process: output and input" {
	unit output_and_input
}

@test "process: much input is read whole" {
	unit much_input_is_read_whole
}

@test "process: who is become reads input or our stdin" {
	unit who_is_become_reads_input_or_our_stdin
}

@test "process: a status becomes a kind" {
	unit a_status_becomes_a_kind
}

@test "process: limits end it" {
	unit limits_end_it
}

@test "process: a missing program is no child" {
	unit a_missing_program_is_no_child
}

@test "process: a child starts clean" {
	unit a_child_starts_clean
}

@test "process: prefer comes first" {
	unit prefer_comes_first
}

@test "process: capture of a missing program" {
	unit capture_of_a_missing_program
}
