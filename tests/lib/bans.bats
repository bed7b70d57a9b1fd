load ../helper

@test "bans: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F0_6
@test "bans: enough misses ban and the ban ends" {
	unit enough_misses_ban_and_the_ban_ends
}

# bats test_tags=F0_6
@test "bans: misses count within a window" {
	unit misses_count_within_a_window
}

# bats test_tags=F0_6
@test "bans: a ban is twice as long each time up to a day" {
	unit a_ban_is_twice_as_long_each_time_up_to_a_day
}

@test "bans: a miss in a ban does not lengthen it" {
	unit a_miss_in_a_ban_does_not_lengthen_it
}

# bats test_tags=F0_6
@test "bans: a 64 is one sender" {
	unit a_64_is_one_sender
}

@test "bans: a lifted ban begins from nothing" {
	unit a_lifted_ban_begins_from_nothing
}

@test "bans: no misses ban nobody" {
	unit no_misses_ban_nobody
}

# bats test_tags=F0_6
@test "bans: a million addresses do not lift a ban" {
	unit a_million_addresses_do_not_lift_a_ban
}

@test "bans: a table full of bans stays in order" {
	unit a_table_full_of_bans_stays_in_order
}

# bats test_tags=F0_6
@test "bans: bans are shared and outlive their process" {
	unit bans_are_shared_and_outlive_their_process
}

@test "bans: the clock may be put back" {
	unit the_clock_may_be_put_back
}

@test "bans: a file of rubbish is made anew" {
	unit a_file_of_rubbish_is_made_anew
}
