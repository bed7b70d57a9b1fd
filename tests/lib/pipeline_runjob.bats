load ../helper

@test "pipeline_runjob: every case is listed" {
	every_case_is_listed
}

@test "pipeline_runjob: the owner is named if there is one" {
	unit the_owner_is_named_if_there_is_one
}

@test "pipeline_runjob: a line is started" {
	unit a_line_is_started
}

@test "pipeline_runjob: a refusal is told" {
	unit a_refusal_is_told
}
