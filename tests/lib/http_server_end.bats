load ../helper

@test "http_server_end: every case is listed" {
	every_case_is_listed
}

@test "http_server_end: who is silent is cut off" {
	unit who_is_silent_is_cut_off
}

@test "http_server_end: who takes too long is cut off" {
	unit who_takes_too_long_is_cut_off
}

@test "http_server_end: a slow head is cut off sooner" {
	unit a_slow_head_is_cut_off_sooner
}

@test "http_server_end: who has been idle for the longest makes room" {
	unit who_has_been_idle_for_the_longest_makes_room
}

@test "http_server_end: more connections than allowed wait" {
	unit more_connections_than_allowed_wait
}

@test "http_server_end: what is broken off is done" {
	unit what_is_broken_off_is_done
}

@test "http_server_end: sigterm finishes what has begun" {
	unit sigterm_finishes_what_has_begun
}

@test "http_server_end: a single request from a pipe" {
	unit a_single_request_from_a_pipe
}

@test "http_server_end: a single request from a socket" {
	unit a_single_request_from_a_socket
}

@test "http_server_end: half a single request is no request" {
	unit half_a_single_request_is_no_request
}

@test "http_server_end: a watched descriptor answers" {
	unit a_watched_descriptor_answers
}

@test "http_server_end: only so many descriptors are watched" {
	unit only_so_many_descriptors_are_watched
}
