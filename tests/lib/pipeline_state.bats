load ../helper

@test "pipeline_state: every case is listed" {
	every_case_is_listed
}

@test "pipeline_state: deployments change what runs" {
	unit deployments_change_what_runs
}

@test "pipeline_state: going back goes on" {
	unit going_back_goes_on
}

@test "pipeline_state: it is written and read" {
	unit it_is_written_and_read
}

@test "pipeline_state: names are identifiers" {
	unit names_are_identifiers
}
