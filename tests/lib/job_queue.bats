load ../helper

@test "job_queue: every case is listed" {
	every_case_is_listed
}

@test "job_queue: an entry comes back from its name" {
	unit an_entry_comes_back_from_its_name
}

@test "job_queue: a job waits once and the queue is over with the last" {
	unit a_job_waits_once_and_the_queue_is_over_with_the_last
}

@test "job_queue: one keeper at a time" {
	unit one_keeper_at_a_time
}

@test "job_queue: places are taken whole or not at all" {
	unit places_are_taken_whole_or_not_at_all
}

@test "job_queue: the kernel gives a dead holder's places away" {
	unit the_kernel_gives_a_dead_holders_places_away
}

@test "job_queue: who comes after others is judged by their ends" {
	unit who_comes_after_others_is_judged_by_their_ends
}

@test "job_queue: who waits for an end hears of it" {
	unit who_waits_for_an_end_hears_of_it
}

@test "job_queue: a group has those that have not ended the oldest first" {
	unit a_group_has_those_that_have_not_ended_the_oldest_first
}
