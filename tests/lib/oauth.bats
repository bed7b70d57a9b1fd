load ../helper

@test "oauth: every case is listed" {
	every_case_is_listed
}

@test "oauth: parameters are encoded" {
	unit parameters_are_encoded
}

@test "oauth: a proof is random and its challenge is the verifiers" {
	unit a_proof_is_random_and_its_challenge_is_the_verifiers
}

@test "oauth: a token comes with what belongs to it" {
	unit a_token_comes_with_what_belongs_to_it
}

@test "oauth: errors are told apart" {
	unit errors_are_told_apart
}

@test "oauth: an issuers words are shown without tricks" {
	unit an_issuers_words_are_shown_without_tricks
}

@test "oauth: pending and slower are no errors" {
	unit pending_and_slower_are_no_errors
}

@test "oauth: an answer without a token makes no sense" {
	unit an_answer_without_a_token_makes_no_sense
}

@test "oauth: a device answer is read with its defaults" {
	unit a_device_answer_is_read_with_its_defaults
}

@test "oauth: a device answer that lacks something makes no sense" {
	unit a_device_answer_that_lacks_something_makes_no_sense
}

@test "oauth: a browser comes back with a code" {
	unit a_browser_comes_back_with_a_code
}

@test "oauth: another login is not ours" {
	unit another_login_is_not_ours
}

@test "oauth: another issuer is refused" {
	unit another_issuer_is_refused
}

@test "oauth: a refusal says why" {
	unit a_refusal_says_why
}

@test "oauth: a query that is odd is none" {
	unit a_query_that_is_odd_is_none
}
