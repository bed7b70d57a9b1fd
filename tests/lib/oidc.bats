load ../helper

@test "oidc: every case is listed" {
	every_case_is_listed
}

@test "oidc: a token that is right gives its claims" {
	unit a_token_that_is_right_gives_its_claims
}

@test "oidc: issuer and audience are ours" {
	unit issuer_and_audience_are_ours
}

@test "oidc: times are checked with the leeway" {
	unit times_are_checked_with_the_leeway
}

@test "oidc: a subject is wanted" {
	unit a_subject_is_wanted
}

@test "oidc: the nonce is the one that was sent" {
	unit the_nonce_is_the_one_that_was_sent
}

@test "oidc: who asked for a token of several is us" {
	unit who_asked_for_a_token_of_several_is_us
}

@test "oidc: no name stands twice" {
	unit no_name_stands_twice
}

@test "oidc: algorithms are pinned" {
	unit algorithms_are_pinned
}

@test "oidc: another signature or another byte is none" {
	unit another_signature_or_another_byte_is_none
}

@test "oidc: a token is not endless" {
	unit a_token_is_not_endless
}

@test "oidc: a kid that is not there is noticed" {
	unit a_kid_that_is_not_there_is_noticed
}

@test "oidc: a discovery document is its issuers" {
	unit a_discovery_document_is_its_issuers
}

@test "oidc: its addresses are as safe as the issuers" {
	unit its_addresses_are_as_safe_as_the_issuers
}

@test "oidc: what is no issuer is said" {
	unit what_is_no_issuer_is_said
}
