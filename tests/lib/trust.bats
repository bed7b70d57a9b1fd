load ../helper

@test "trust: every case is listed" {
	every_case_is_listed
}

@test "trust: the pool says who is known and what he may" {
	unit the_pool_says_who_is_known_and_what_he_may
}

# bats test_tags=F3_4
@test "trust: an authority vouches for as long as it is good" {
	unit an_authority_vouches_for_as_long_as_it_is_good
}

# bats test_tags=F3_22
@test "trust: lists and fingerprints revoke" {
	unit lists_and_fingerprints_revoke
}

@test "trust: a list is read whole or not at all" {
	unit a_list_is_read_whole_or_not_at_all
}
