load ../helper

@test "jwk: every case is listed" {
	every_case_is_listed
}

@test "jwk: keys of every kind" {
	unit keys_of_every_kind
}

@test "jwk: names are read" {
	unit names_are_read
}

@test "jwk: verifying looks at the public half" {
	unit verifying_looks_at_the_public_half
}

@test "jwk: texts that are no key" {
	unit texts_that_are_no_key
}

@test "jwk: points that are none" {
	unit points_that_are_none
}

@test "jwk: rsa numbers that are none" {
	unit rsa_numbers_that_are_none
}

@test "jwk: private halves that are none" {
	unit private_halves_that_are_none
}

@test "jwk: private rsa numbers that are none" {
	unit private_rsa_numbers_that_are_none
}

@test "jwk: sets leave out what they cannot use" {
	unit sets_leave_out_what_they_cannot_use
}

@test "jwk: texts are bounded" {
	unit texts_are_bounded
}
