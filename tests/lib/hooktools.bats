load ../helper

@test "hooktools: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F3_1,F3_2,F3_3,F3_4,F3_5,F3_6
@test "hooktools: certificates come from the pool" {
	unit certificates_come_from_the_pool
}

# bats test_tags=F3_11,F3_12,F3_13,F3_14,F3_16,F3_17
@test "hooktools: a job is started read and stopped" {
	unit a_job_is_started_read_and_stopped
}

# bats test_tags=F3_7,F3_8,F3_9,F3_10
@test "hooktools: a job is found by its names" {
	unit a_job_is_found_by_its_names
}

# bats test_tags=F3_7,F3_9,F3_15
@test "hooktools: places may be wrong" {
	unit places_may_be_wrong
}

# bats test_tags=F3_8,F3_10,F3_15
@test "hooktools: failures say of what kind they are" {
	unit failures_say_of_what_kind_they_are
}

# bats test_tags=F3_9
@test "hooktools: no number is given twice" {
	unit no_number_is_given_twice
}

@test "hooktools: threads and children run jobs at once" {
	unit threads_and_children_run_jobs_at_once
}
