load ../helper

@test "login: every case is listed" {
	every_case_is_listed
}

@test "login: what is written is read again" {
	unit what_is_written_is_read_again
}

@test "login: what there is not is not read" {
	unit what_there_is_not_is_not_read
}

@test "login: rubbish is refused and changes nothing" {
	unit rubbish_is_refused_and_changes_nothing
}

@test "login: a name is made of the issuer" {
	unit a_name_is_made_of_the_issuer
}

@test "login: github has its places and an issuer its own" {
	unit github_has_its_places_and_an_issuer_its_own
}

@test "login: the address of a login has all that holds it together" {
	unit the_address_of_a_login_has_all_that_holds_it_together
}
