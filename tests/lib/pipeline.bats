load ../helper

@test "pipeline: every case is listed" {
	every_case_is_listed
}

@test "pipeline: what is wrong is named" {
	unit what_is_wrong_is_named
}

@test "pipeline: edges start and skip tasks" {
	unit edges_start_and_skip
}

@test "pipeline: a task becomes a job" {
	unit a_task_becomes_a_job
}
