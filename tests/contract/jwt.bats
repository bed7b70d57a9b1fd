load ../helper
load ../fake/helper
load helper

# Our JSON Web Tokens against other implementations: openssl(1), with which each verifies the
# other's, Debian's jose and jwt, and npm's jose.

setup_file() {
	make_app_key
	fetch_senders
}

setup() {
	start_github
	add_app
}

teardown() {
	stop_servers
}

base64url() {
	base64 -w0 | tr '+/' '-_' | tr -d '='
}

unbase64url() {
	local text
	text=$(tr '_-' '/+')
	while [ $((${#text} % 4)) -ne 0 ]; do text+='='; done
	base64 -d <<<"$text"
}

# signed HEADER CLAIMS [DIGEST]: a token made by openssl.
signed() {
	local text
	text=$(printf %s "$1" | base64url).$(printf %s "$2" | base64url)
	printf '%s.%s' "$text" \
		"$(printf %s "$text" | openssl dgst "-${3:-sha256}" -sign "$BATS_FILE_TMPDIR/app.pem" | base64url)"
}

ask() {
	curl -sS -o "$BATS_TEST_TMPDIR/answer" -w '%{http_code}' -H "Authorization: Bearer $1" \
		"$HOOKTOOLS_GITHUB_API/app"
}

@test "contract: openssl verifies a token that tokenmint signed" {
	run -0 --separate-stderr tokenmint jwt
	printf %s "${output%.*}" >"$BATS_TEST_TMPDIR/signed"
	printf %s "${output##*.}" | unbase64url >"$BATS_TEST_TMPDIR/signature"
	run -0 openssl dgst -sha256 -verify "$BATS_FILE_TMPDIR/public.pem" \
		-signature "$BATS_TEST_TMPDIR/signature" "$BATS_TEST_TMPDIR/signed"
	[ "$output" = "Verified OK" ]
}

@test "contract: Debian's jwt takes a token that tokenmint signed, and its claims" {
	command -v jwt >/dev/null || skip "jwt is missing: make deps"
	tokenmint jwt >"$BATS_TEST_TMPDIR/token"
	run -0 jwt -alg RS256 -key "$BATS_FILE_TMPDIR/public.pem" -compact -verify "$BATS_TEST_TMPDIR/token"
	[ "$(jq -r '.iss, .exp - .iat' <<<"$output")" = $'1\n600' ]
	sed -i 's/\../.f/' "$BATS_TEST_TMPDIR/token"
	run -1 jwt -alg RS256 -key "$BATS_FILE_TMPDIR/public.pem" -compact -verify "$BATS_TEST_TMPDIR/token"
}

@test "contract: npm's jose takes a token that tokenmint signed, and its claims" {
	need_senders
	tokenmint jwt >"$BATS_TEST_TMPDIR/token"
	run -0 --separate-stderr sender jose app "$BATS_FILE_TMPDIR" <"$BATS_TEST_TMPDIR/token"
	[ "$(jq -r '.iss, .exp - .iat' <<<"$output")" = $'1\n600' ]
	run -1 --separate-stderr sender jose app "$BATS_FILE_TMPDIR" < <(sed 's/\../.f/' "$BATS_TEST_TMPDIR/token")
}

@test "contract: our verifier takes a token that openssl signed" {
	now=$(date +%s)
	run -0 ask "$(signed '{"typ":"JWT","alg":"RS256"}' "{\"iat\":$((now - 60)),\"exp\":$((now + 500)),\"iss\":\"1\"}")"
	[ "$output" = 200 ]
}

@test "contract: our verifier refuses what openssl signed otherwise, too late or for another" {
	now=$(date +%s)
	good="{\"iat\":$((now - 60)),\"exp\":$((now + 500)),\"iss\":\"1\"}"
	rs256='{"alg":"RS256","typ":"JWT"}'
	for token in \
		"$(signed '{"alg":"RS384","typ":"JWT"}' "$good" sha384)" \
		"$(signed "$rs256" "$good" sha384)" \
		"$(signed '{"alg":"HS256","typ":"JWT"}' "$good")" \
		"$(signed '{"alg":"none"}' "$good" | sed 's/[^.]*$//')" \
		"$(signed "$rs256" "{\"iat\":$((now - 900)),\"exp\":$((now - 300)),\"iss\":\"1\"}")" \
		"$(signed "$rs256" "{\"iat\":$((now + 90)),\"exp\":$((now + 500)),\"iss\":\"1\"}")" \
		"$(signed "$rs256" "{\"iat\":$((now - 60)),\"exp\":$((now + 700)),\"iss\":\"1\"}")" \
		"$(signed "$rs256" "{\"iat\":$((now - 60)),\"exp\":$((now + 500)).5,\"iss\":\"1\"}")" \
		"$(signed "$rs256" "{\"iat\":$((now - 60)),\"exp\":$((now + 500)),\"iss\":\"2\"}")" \
		"$(signed "$rs256" "$good")x" 'a.b.c' ''; do
		run -0 ask "$token"
		[ "$output" = 401 ]
	done
}
