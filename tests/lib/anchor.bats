load ../helper

@test "anchor: every case is listed" {
	every_case_is_listed
}

@test "anchor: a supervisor gets its descriptors and the environment of who asked" {
	unit a_supervisor_gets_its_descriptors_and_our_environment
}

@test "anchor: nobody there is no failure" {
	unit nobody_there_is_no_failure
}

@test "anchor: rubbish starts nothing" {
	unit rubbish_starts_nothing
}
