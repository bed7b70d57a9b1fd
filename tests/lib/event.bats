load ../helper

@test "event: every case is listed" {
	every_case_is_listed
}

@test "event: head payload and tail are one line" {
	unit head_payload_and_tail_are_one_line
}

@test "event: a recovered event says so" {
	unit a_recovered_event_says_so
}

@test "event: no headers are an empty object" {
	unit no_headers_are_an_empty_object
}
