load ../helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	openssl genrsa -traditional -out pkcs1.pem 2048 2>/dev/null
	openssl pkcs8 -topk8 -nocrypt -in pkcs1.pem -out pkcs8.pem
	openssl rsa -in pkcs1.pem -pubout -out public.pem 2>/dev/null
	openssl rsa -in pkcs1.pem -pubout -outform DER 2>/dev/null | openssl sha256 -binary >digest
	openssl pkcs8 -topk8 -passout pass:x -in pkcs1.pem -out passphrase.pem
	openssl ecparam -name prime256v1 -genkey -noout -out curve.pem
	openssl genrsa -out small.pem 1024 2>/dev/null
}

@test "crypto: every case is listed" {
	every_case_is_listed
}

@test "crypto: SHA-256 of FIPS 180" {
	unit sha256_of_fips_180
}

@test "crypto: the HMAC-SHA-256 vectors of RFC 4231" {
	unit hmac_of_rfc_4231
}

@test "crypto: an HMAC key longer than a block, RFC 4231 4.7" {
	unit hmac_of_a_key_longer_than_a_block
}

@test "crypto: GitHub's published HMAC, in pieces" {
	unit hmac_of_github_in_pieces
}

@test "crypto: an HMAC without a key" {
	unit hmac_without_a_key
}

@test "crypto: comparison looks at every byte" {
	unit equal_looks_at_every_byte
}

@test "crypto: two draws of randomness differ" {
	unit random_differs
}

@test "crypto: the published AES-256-GCM case, both ways" {
	unit gcm_of_the_published_case
}

@test "crypto: AES-256-GCM refuses every flipped bit" {
	unit gcm_refuses_every_flipped_bit
}

@test "crypto: AES-256-GCM of nothing" {
	unit gcm_of_nothing
}

@test "crypto: the RS256 signature of RFC 7515 A.2" {
	unit rs256_of_rfc_7515
}

@test "crypto: a signature of another length is none" {
	unit rs256_refuses_a_padded_signature
}

@test "crypto: private keys as PKCS#1 and PKCS#8" {
	unit private_key_as_pkcs1_and_pkcs8
}

@test "crypto: a private key with escaped line breaks" {
	unit private_key_with_escaped_line_breaks
}

@test "crypto: keys with a passphrase, of another kind or too short are refused" {
	unit other_keys_are_refused
}

@test "crypto: the digest of a public key is the one openssl and GitHub give" {
	unit public_key_digest_is_githubs
}

@test "crypto: Ed25519 of RFC 8032, and every other key, text and signature is refused" {
	unit ed25519_of_rfc_8032
}
