load ../helper

@test "http_server: every case is listed" {
	every_case_is_listed
}

@test "http_server: a request reaches its service" {
	unit a_request_reaches_its_service
}

@test "http_server: the address of the peer" {
	unit the_address_of_the_peer
}

@test "http_server: an early answer asks for no body" {
	unit an_early_answer_asks_for_no_body
}

@test "http_server: an early answer is read by who goes on sending" {
	unit an_early_answer_is_read_by_who_goes_on_sending
}

@test "http_server: a body is asked for when it is wanted" {
	unit a_body_is_asked_for_when_it_is_wanted
}

@test "http_server: a chunked body has no length" {
	unit a_chunked_body_has_no_length
}

@test "http_server: an answer may come later" {
	unit an_answer_may_come_later
}

@test "http_server: requests are answered in their order" {
	unit requests_are_answered_in_their_order
}

@test "http_server: a length that is given twice is refused" {
	unit a_length_that_is_given_twice_is_refused
}

@test "http_server: a nul does not cut the path" {
	unit a_nul_does_not_cut_the_path
}

@test "http_server: rubbish and floods are cut off" {
	unit rubbish_and_floods_are_cut_off
}
