load ../helper

@test "jws_keys: every case is listed" {
	every_case_is_listed
}

@test "jws_keys: a key on p521 may say es521" {
	unit a_key_on_p521_may_say_es521
}

@test "jws_keys: only the pinned algorithms" {
	unit only_the_pinned_algorithms
}

@test "jws_keys: a keys members say what it is for" {
	unit a_keys_members_say_what_it_is_for
}

@test "jws_keys: keys that may not sign" {
	unit keys_that_may_not_sign
}

@test "jws_keys: a public key is no secret" {
	unit a_public_key_is_no_secret
}

@test "jws_keys: the kid chooses" {
	unit the_kid_chooses
}

@test "jws_keys: a kid may say anything" {
	unit a_kid_may_say_anything
}

@test "jws_keys: tries are bounded" {
	unit tries_are_bounded
}

@test "jws_keys: es256 of one form only" {
	unit es256_of_one_form_only
}

@test "jws_keys: rs256 of one form only" {
	unit rs256_of_one_form_only
}
