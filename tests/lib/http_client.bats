load ../helper

@test "http_client: every case is listed" {
	every_case_is_listed
}

@test "http_client: one request one response" {
	unit one_request_one_response
}

@test "http_client: post without a body says so" {
	unit post_without_a_body_says_so
}

@test "http_client: redirect within the origin is followed" {
	unit redirect_within_the_origin_is_followed
}

@test "http_client: redirect elsewhere is refused" {
	unit redirect_elsewhere_is_refused
}

@test "http_client: endless redirects end" {
	unit endless_redirects_end
}

@test "http_client: clear text stays on this machine" {
	unit clear_text_stays_on_this_machine
}

@test "http_client: network troubles are temporary" {
	unit network_troubles_are_temporary
}

@test "http_client: a silent server times out" {
	unit a_silent_server_times_out
}

@test "http_client: too long is a data error" {
	unit too_long_is_a_data_error
}
