load ../helper

@test "hex: every case is listed" {
	every_case_is_listed
}

@test "hex: both ways" {
	unit both_ways
}

@test "hex: bad digits and lengths are refused" {
	unit bad_digits_and_lengths_are_refused
}
