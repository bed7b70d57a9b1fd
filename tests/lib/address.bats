load ../helper

@test "address: every case is listed" {
	every_case_is_listed
}

@test "address: formats what it parsed" {
	unit formats_what_it_parsed
}

@test "address: formats an owner as a range" {
	unit formats_an_owner_as_a_range
}

@test "address: takes a mapped address for the ipv4 one" {
	unit takes_a_mapped_address_for_the_ipv4_one
}

@test "address: refuses what is no address" {
	unit refuses_what_is_no_address
}

@test "address: knows what is local" {
	unit knows_what_is_local
}

@test "address: an owner has an ipv4 address or a 64" {
	unit an_owner_has_an_ipv4_address_or_a_64
}

@test "address: a range holds its addresses" {
	unit a_range_holds_its_addresses
}

@test "address: a range may be the local socket" {
	unit a_range_may_be_the_local_socket
}

@test "address: refuses what is no range" {
	unit refuses_what_is_no_range
}
