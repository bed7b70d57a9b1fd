load ../helper

@test "job: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F3_19
@test "job: the tree is the truth" {
	unit the_tree_is_the_truth
}

@test "job: a status comes back as it was written" {
	unit status_comes_back
}

@test "job: a status is empty where it was replaced, and a torn one is that of a job that ran" {
	unit a_status_is_whole_or_torn
}

@test "job: a status that is written is read whole" {
	unit a_status_is_read_while_it_is_written
}

@test "job: a lock lives with its holder, and is handed over" {
	unit a_lock_lives_with_its_holder
}

@test "job: a former holder is known as such" {
	unit a_former_holder_is_known_as_such
}

@test "job: who holds a removed job is told" {
	unit who_holds_a_removed_job_is_told
}
