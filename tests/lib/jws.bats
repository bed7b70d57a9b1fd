load ../helper

@test "jws: every case is listed" {
	every_case_is_listed
}

@test "jws: examples of the rfcs" {
	unit examples_of_the_rfcs
}

@test "jws: signs what the rfcs have" {
	unit signs_what_the_rfcs_have
}

@test "jws: every algorithm goes around" {
	unit every_algorithm_goes_around
}

@test "jws: changed tokens are refused" {
	unit changed_tokens_are_refused
}

@test "jws: a token has three parts" {
	unit a_token_has_three_parts
}

@test "jws: too long tokens are refused" {
	unit too_long_tokens_are_refused
}

@test "jws: headers that are refused" {
	unit headers_that_are_refused
}

@test "jws: headers that are fine" {
	unit headers_that_are_fine
}
