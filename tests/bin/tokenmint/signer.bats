load ../../helper
load ../../fake/helper

# Who signs for an App: its key in whatever form, a command, a PKCS#11 token.

setup_file() {
	make_app_key
}

setup() {
	start_github
	tokenmint vault init 2>/dev/null
	mkdir -p "$HOOKTOOLS_CONF/signers.d"
}

teardown() {
	stop_servers
}

# command NAME SCRIPT: what signs, as <conf>/signers.d/NAME.json.
command_of() {
	printf '#!/bin/sh\n%s\n' "$2" >"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
	jq -n --arg path "$BATS_TEST_TMPDIR/$1" --arg key "$BATS_FILE_TMPDIR/app.pem" '{exec: [$path, $key]}' \
		>"$HOOKTOOLS_CONF/signers.d/$1.json"
}

sign='openssl dgst -sha256 -sign "$1"'

# bats test_tags=F4_17
@test "tokenmint: the App's key may be PKCS#1, PKCS#8 or one line with escaped line breaks" {
	openssl pkcs8 -topk8 -nocrypt -in "$BATS_FILE_TMPDIR/app.pem" -out "$BATS_TEST_TMPDIR/pkcs8.pem"
	grep -q 'BEGIN RSA PRIVATE' "$BATS_FILE_TMPDIR/app.pem"
	grep -q 'BEGIN PRIVATE' "$BATS_TEST_TMPDIR/pkcs8.pem"
	for key in "$BATS_FILE_TMPDIR/app.pem" "$BATS_TEST_TMPDIR/pkcs8.pem"; do
		run -0 --separate-stderr tokenmint app add main --app-id 1 --key-file "$key"
		run -0 tokenmint refresh acme
		sed ':a;N;$!ba;s/\n/\\n/g' "$key" | tr -d '\n' >"$BATS_TEST_TMPDIR/escaped"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/escaped")" -eq 0 ]
		run -0 --separate-stderr tokenmint app add main --app-id 1 --key-file - <"$BATS_TEST_TMPDIR/escaped"
		run -0 tokenmint refresh acme
	done
	[ "$(minted)" -eq 4 ]
}

@test "tokenmint: a command signs, in bytes or in base64url, and the key stays with it" {
	command_of raw "$sign"
	command_of text "$sign | openssl base64 -A | tr '+/' '-_' | tr -d '='; echo"
	for name in raw text; do
		run -0 --separate-stderr tokenmint app add main --app-id 1 --sign-command "$name"
		run -0 --separate-stderr tokenmint refresh acme
		[ -z "$stderr" ]
		run -0 tokenmint app show main --json
		[ "$(jq -c '[.key, .sign_command]' <<<"$output")" = "[null,\"$name\"]" ]
	done
	[ "$(minted)" -eq 2 ]
	run -0 tokenmint jwt main
	run ! grep -raq 'PRIVATE KEY' "$HOOKTOOLS_STATE"
}

@test "tokenmint: a command that fails, lies or hangs is no answer of GitHub's" {
	run -78 --separate-stderr tokenmint app add main --app-id 1 --sign-command raw
	[[ $stderr == *"signers.d/raw.json"* ]]
	command_of raw "$sign"
	tokenmint app add main --app-id 1 --sign-command raw 2>/dev/null
	tokenmint get acme >/dev/null
	command_of raw 'echo "the card is out" >&2; exit 1'
	run -75 --separate-stderr tokenmint refresh acme
	[[ $stderr == *"app 'main': sign by command 'raw'"*"the card is out"* ]]
	command_of raw 'echo short'
	run -75 --separate-stderr tokenmint refresh
	[[ $stderr == *"an RS256 signature has 256 to 1024"* ]]
	command_of raw "head -c 256 /dev/zero"
	run -75 --separate-stderr tokenmint refresh
	[[ $stderr == *"401"* ]]
	run -0 tokenmint get acme
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
}

@test "tokenmint: what is no command's file says so" {
	for bad in '' '[]' '{}' '{"exec":"/bin/true"}' '{"exec":[]}' '{"exec":["true"]}' '{"exec":[1]}' '{"exec":["/bin/true","\u0000"]}' \
		"{\"exec\":[$(printf '"/x",%.0s' {1..33})\"x\"]}"; do
		printf %s "$bad" >"$HOOKTOOLS_CONF/signers.d/raw.json"
		run -78 --separate-stderr tokenmint app add main --app-id 1 --sign-command raw
		[[ $stderr == *"signers.d/raw.json"* ]]
	done
	run -64 --separate-stderr tokenmint app add main --app-id 1 --sign-command ../raw
	run -64 --separate-stderr tokenmint app add main --app-id 1 --sign-command raw --key-file "$BATS_FILE_TMPDIR/app.pem"
	run -64 --separate-stderr tokenmint app add main --app-id 1 --key-uri 'pkcs11:token=x?pin-value=1234'
	[[ $stderr == *"pin-source"* ]]
	run -64 --separate-stderr tokenmint app add main --app-id 1 --key-uri 'http://x'
	run -78 --separate-stderr tokenmint app add main --app-id 1 --key-uri 'pkcs11:token=nowhere;object=none'
}

@test "tokenmint: a PKCS#11 token signs, and its key does not leave it" {
	command -v softhsm2-util >/dev/null || skip "softhsm2-util is missing: make deps"
	export SOFTHSM2_CONF=$BATS_TEST_TMPDIR/softhsm2.conf
	mkdir "$BATS_TEST_TMPDIR/tokens"
	echo "directories.tokendir = $BATS_TEST_TMPDIR/tokens" >"$SOFTHSM2_CONF"
	openssl pkcs8 -topk8 -nocrypt -in "$BATS_FILE_TMPDIR/app.pem" -out "$BATS_TEST_TMPDIR/pkcs8.pem"
	softhsm2-util --init-token --free --label ci --pin 1234 --so-pin 123456 >/dev/null
	softhsm2-util --import "$BATS_TEST_TMPDIR/pkcs8.pem" --token ci --label app --id a1 --pin 1234 >/dev/null
	printf 1234 >"$BATS_TEST_TMPDIR/pin"
	uri="pkcs11:token=ci;object=app;type=private?pin-source=file:$BATS_TEST_TMPDIR/pin"
	run -0 --separate-stderr tokenmint app add main --app-id 1 --key-uri "$uri"
	run -0 --separate-stderr tokenmint get acme
	[ "$(minted)" -eq 1 ]
	want=SHA256:$(openssl rsa -in "$BATS_FILE_TMPDIR/app.pem" -pubout -outform DER 2>/dev/null |
		openssl sha256 -binary | base64)
	run -0 tokenmint app show main --json
	[ "$(jq -r .key <<<"$output")" = "$want" ]
	[ "$(jq -r .key_uri <<<"$output")" = "$uri" ]
	printf 9999 >"$BATS_TEST_TMPDIR/pin"
	run -75 --separate-stderr tokenmint refresh
	[[ $stderr == *"key of app 'main'"* ]]
	run -0 tokenmint get acme
}
