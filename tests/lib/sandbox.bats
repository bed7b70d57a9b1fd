load ../helper

@test "sandbox: every case is listed" {
	every_case_is_listed
}

@test "sandbox: executes nothing" {
	unit executes_nothing
}

@test "sandbox: reaches what was named" {
	unit reaches_what_was_named
}

@test "sandbox: reaches nothing else" {
	unit reaches_nothing_else
}
