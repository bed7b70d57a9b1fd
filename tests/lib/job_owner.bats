load ../helper

@test "job_owner: every case is listed" {
	every_case_is_listed
}

@test "job_owner: fingerprints are names, and nothing else is" {
	unit fingerprints_are_names
}

# bats test_tags=F3_19,F3_20
@test "job_owner: owners do not see each other" {
	unit owners_do_not_see_each_other
}

@test "job_owner: a renewed certificate is the same owner" {
	unit a_renewed_one_is_the_same
}
