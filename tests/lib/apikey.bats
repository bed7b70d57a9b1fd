load ../helper

@test "apikey: every case is listed" {
	every_case_is_listed
}

@test "apikey: a key is known again" {
	unit a_key_is_known_again
}

@test "apikey: the file does not hold the key" {
	unit the_file_does_not_hold_the_key
}

@test "apikey: another secret with a good checksum is refused" {
	unit another_secret_with_a_good_checksum_is_refused
}

@test "apikey: it ends in time and by revocation" {
	unit it_ends_in_time_and_by_revocation
}

@test "apikey: a changed file is refused" {
	unit a_changed_file_is_refused
}

@test "apikey: use is noted once a minute" {
	unit use_is_noted_once_a_minute
}

@test "apikey: the first key is given out once" {
	unit the_first_key_is_given_out_once
}

@test "apikey: what is bound goes with it" {
	unit what_is_bound_goes_with_it
}

@test "apikey: the dead are pruned" {
	unit the_dead_are_pruned
}

@test "apikey: wishes are checked" {
	unit wishes_are_checked
}
