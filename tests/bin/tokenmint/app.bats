load ../../helper

setup_file() {
	openssl genrsa -traditional -out "$BATS_FILE_TMPDIR/app.pem" 2048 2>/dev/null
	openssl rsa -in "$BATS_FILE_TMPDIR/app.pem" -pubout -out "$BATS_FILE_TMPDIR/public.pem" 2>/dev/null
}

setup() {
	make_key
}

add() {
	tokenmint app add "$1" --app-id "$2" --key-file "$BATS_FILE_TMPDIR/app.pem"
}

# part TOKEN N: a part of a token, decoded.
part() {
	local text
	text=$(cut -d. -f"$2" <<<"$1" | tr '_-' '/+')
	while [ $((${#text} % 4)) -ne 0 ]; do text+='='; done
	base64 -d <<<"$text"
}

@test "tokenmint: an app's key goes into the vault and shows its fingerprint" {
	run -0 --separate-stderr add main 123456
	[ -z "$output" ]
	want=SHA256:$(openssl rsa -in "$BATS_FILE_TMPDIR/app.pem" -pubout -outform DER 2>/dev/null |
		openssl sha256 -binary | base64)
	run -0 tokenmint app show main --json
	jq -e --arg key "$want" '. == {name: "main", app_id: "123456", client_id: null, key: $key,
		stored_at: .stored_at}' <<<"$output"
	run ! grep -raq 'BEGIN RSA' "$HOOKTOOLS_STATE"
}

@test "tokenmint: apps are listed and removed" {
	add one-app 1
	tokenmint app add two-app --client-id Iv23liABCDEF --key-file - <"$BATS_FILE_TMPDIR/app.pem"
	run -0 tokenmint app list --json
	[ "$(jq -sc 'map([.name, .app_id, .client_id])' <<<"$output")" = \
		'[["one-app","1",null],["two-app",null,"Iv23liABCDEF"]]' ]
	run -0 tokenmint app remove one-app
	run -0 tokenmint app list
	[ "${#lines[@]}" -eq 1 ]
	run -1 --separate-stderr tokenmint app show one-app
	run -1 --separate-stderr tokenmint app remove one-app
}

@test "tokenmint: what is no usable key is refused and not kept" {
	openssl genrsa -out "$BATS_TEST_TMPDIR/small.pem" 1024 2>/dev/null
	openssl pkcs8 -topk8 -passout pass:x -in "$BATS_FILE_TMPDIR/app.pem" -out "$BATS_TEST_TMPDIR/sealed.pem"
	echo rubbish >"$BATS_TEST_TMPDIR/rubbish.pem"
	for name in small sealed rubbish; do
		run -65 --separate-stderr tokenmint app add main --app-id 1 --key-file "$BATS_TEST_TMPDIR/$name.pem"
		[[ $stderr == *"key of app 'main'"* ]]
	done
	run -0 tokenmint app list
	[ -z "$output" ]
}

@test "tokenmint: openssl verifies the App's JSON Web Token" {
	add main 123456
	run -0 --separate-stderr tokenmint jwt
	token=$output
	printf %s "${token%.*}" >"$BATS_TEST_TMPDIR/signed"
	part "$token" 3 >"$BATS_TEST_TMPDIR/signature"
	run -0 openssl dgst -sha256 -verify "$BATS_FILE_TMPDIR/public.pem" \
		-signature "$BATS_TEST_TMPDIR/signature" "$BATS_TEST_TMPDIR/signed"
	[ "$(part "$token" 1)" = '{"alg":"RS256","typ":"JWT"}' ]
	claims=$(part "$token" 2)
	[ "$(jq -r .iss <<<"$claims")" = 123456 ]
	now=$(date +%s)
	jq -e --argjson now "$now" '.exp - .iat == 600 and ($now - .iat - 60 | . >= 0 and . < 30)
		and (.iss | type) == "string"' <<<"$claims"
}

@test "tokenmint: a client id is the issuer where there is no number" {
	tokenmint app add main --client-id Iv23liABCDEF --key-file "$BATS_FILE_TMPDIR/app.pem"
	run -0 --separate-stderr tokenmint jwt main
	[ "$(part "$output" 2 | jq -r .iss)" = Iv23liABCDEF ]
}

@test "tokenmint: several apps want a choice, none says how to begin" {
	run -78 --separate-stderr tokenmint jwt
	[[ $stderr == *"tokenmint app add"* ]]
	add one-app 1
	add two-app 2
	run -64 --separate-stderr tokenmint jwt
	[[ $stderr == *"--app"* ]]
	run -0 tokenmint jwt two-app
	run -1 --separate-stderr tokenmint jwt three-app
}
