load ../helper

@test "certificate: every case is listed" {
	every_case_is_listed
}

# bats test_tags=F3_5,F3_6
@test "certificate: a certificate is its der bytes" {
	unit a_certificate_is_its_der_bytes
}

# bats test_tags=F3_4
@test "certificate: what is no certificate is refused" {
	unit what_is_no_certificate_is_refused
}

# bats test_tags=F3_1,F3_2,F3_3
@test "certificate: a pool is read whole or not at all" {
	unit a_pool_is_read_whole_or_not_at_all
}
