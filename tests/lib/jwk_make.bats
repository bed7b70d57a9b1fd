load ../helper

@test "jwk_make: every case is listed" {
	every_case_is_listed
}

@test "jwk_make: what is made signs and its public half verifies" {
	unit what_is_made_signs_and_its_public_half_verifies
}

@test "jwk_make: two are never the same" {
	unit two_are_never_the_same
}
