load ../helper

@test "crypto_hash: every case is listed" {
	every_case_is_listed
}

@test "crypto_hash: sha256 of fips 180 in pieces" {
	unit sha256_of_fips_180_in_pieces
}
