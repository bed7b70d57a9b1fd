load ../helper

@test "pattern: every case is listed" {
	every_case_is_listed
}

@test "pattern: it is anchored at both ends" {
	unit it_is_anchored_at_both_ends
}

@test "pattern: a star is one part" {
	unit a_star_is_one_part
}

@test "pattern: two stars are anything" {
	unit two_stars_are_anything
}

@test "pattern: every other byte is itself" {
	unit every_other_byte_is_itself
}

@test "pattern: hard patterns take no time" {
	unit hard_patterns_take_no_time
}
