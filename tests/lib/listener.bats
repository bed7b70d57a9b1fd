load ../helper

@test "listener: every case is listed" {
	every_case_is_listed
}

@test "listener: a free port is named" {
	unit a_free_port_is_named
}

@test "listener: every form of address" {
	unit every_form_of_address
}

@test "listener: without an address it is every one" {
	unit without_an_address_it_is_every_one
}

@test "listener: what is no address is wrong usage" {
	unit what_is_no_address_is_wrong_usage
}

@test "listener: an address in use is named" {
	unit an_address_in_use_is_named
}

@test "listener: a socket left behind is replaced" {
	unit a_socket_left_behind_is_replaced
}

@test "listener: a socket that is served stays" {
	unit a_socket_that_is_served_stays
}

@test "listener: what is no socket stays" {
	unit what_is_no_socket_stays
}

@test "listener: the socket from systemd" {
	unit the_socket_from_systemd
}

@test "listener: the socket of another process" {
	unit the_socket_of_another_process
}

@test "listener: more than one socket" {
	unit more_than_one_socket
}

@test "listener: a connection is not a listening socket" {
	unit a_connection_is_not_a_listening_socket
}
