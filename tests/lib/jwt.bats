load ../helper

setup_file() {
	openssl genrsa -out "$BATS_FILE_TMPDIR/app.pem" 2048 2>/dev/null
}

@test "jwt: every case is listed" {
	every_case_is_listed
}

@test "jwt: app token has githubs claims" {
	unit app_token_has_githubs_claims
}

@test "jwt: odd headers are refused" {
	unit odd_headers_are_refused
}

@test "jwt: changed tokens are refused" {
	unit changed_tokens_are_refused
}

@test "jwt: another key does not verify" {
	unit another_key_does_not_verify
}

@test "jwt: claims must be of the right kind" {
	unit claims_must_be_of_the_right_kind
}

@test "jwt: claims are held against the clock" {
	unit claims_are_held_against_the_clock
}

@test "jwt: claims say from whom and for whom" {
	unit claims_say_from_whom_and_for_whom
}
