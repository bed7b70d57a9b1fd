load ../../helper
load helper

teardown() {
	stop_servers
}

setup() {
	receiver
}

@test "hookroute-forward: hookrecv takes what is signed, as it is" {
	local key hook line
	key=whsec_$(printf 'a secret of 24 bytes ok?' | base64)
	secret global/forward.key "$key"
	printf '%s' "$key" >"$BATS_TEST_TMPDIR/key"
	hook=$(hookrecv add acme/site -p standard --secret-file "$BATS_TEST_TMPDIR/key" --json | jq -r .id)
	start_server "$BATS_TEST_TMPDIR/log" hookrecv -l 127.0.0.1:0
	secret global/forward.url "$server_url/hook/$hook"
	echo 'include "hooktools"; select(.provider == "github") | to("forward")' >"$HOOKTOOLS_CONF/routes.d/a.jq"
	line='{"id":"019a4c3e-1f00-7000-8000-000000000001","hook":null,"name":"acme/site","provider":"github","event":"push","delivery":"d","received_at":"2026-11-20T23:45:10.123Z","remote":null,"headers":{},"payload":{"n":12345678901234567890}}'
	hookroute put <<<"$line"
	run -0 --separate-stderr hookroute drain
	[ -z "$(hookroute list dead defer 2>/dev/null)" ]
	run -0 --separate-stderr hookroute list --json
	run -0 --separate-stderr hookroute drain
	cat "$HOOKTOOLS_STATE"/spool/done/*/* | jq -c 'select(.provider == "standard")' >"$BATS_TEST_TMPDIR/got"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/got")" -eq 1 ]
	jq -e '.delivery == "019a4c3e-1f00-7000-8000-000000000001"' "$BATS_TEST_TMPDIR/got"
	cat "$HOOKTOOLS_STATE"/spool/done/*/* | grep '"provider":"standard"' | grep -qF "\"payload\":$line"
}

@test "hookroute-forward: another key is refused by hookrecv, for good" {
	local hook
	secret global/forward.key whsec_b3RoZXI=
	printf 'whsec_%s' "$(printf 'a secret of 24 bytes ok?' | base64)" >"$BATS_TEST_TMPDIR/key"
	hook=$(hookrecv add acme/site -p standard --secret-file "$BATS_TEST_TMPDIR/key" --json | jq -r .id)
	start_server "$BATS_TEST_TMPDIR/log" hookrecv -l 127.0.0.1:0
	reply forward --url "$server_url/hook/$hook" --key global/forward.key <<<"$value"
	is permanent
	jq -e '.error.message | test("^answered 40[13]")' <<<"$output"
}

@test "hookroute-forward: the body is the value's bytes" {
	value='{"id":"x-1", "n" : 12345678901234567890,"s":"\u00e9\/"}'
	reply forward --url "$server_url/in" <<<"$value"
	[ "$output" = '{"ok":true}' ]
	[ "$(body 1)" = "$value" ]
	grep -q '^POST /in HTTP/1.1' "$dir/request.1"
	grep -qi '^webhook-id: x-1' "$dir/request.1"
	grep -qi '^content-type: application/json' "$dir/request.1"
	run ! grep -qi '^webhook-signature' "$dir/request.1"
}

@test "hookroute-forward: the signature is HMAC-SHA-256 of id, time and body" {
	local seconds want
	secret global/k "whsec_$(printf 0123456789abcdef | base64)"
	reply forward --url "$server_url/" --key global/k <<<"$value"
	seconds=$(sed -nE 's/^webhook-timestamp: ([0-9]+)\r$/\1/pi' "$dir/request.1")
	[ $((EPOCHSECONDS - seconds)) -le 30 ]
	want=$(printf '%s.%s.%s' 019a4c3e-1f00-7000-8000-000000000001 "$seconds" "$value" |
		openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64)
	grep -qiF "webhook-signature: v1,$want" "$dir/request.1"
}

@test "hookroute-forward: what the other side says decides" {
	local row
	for row in 200=ok 202=ok 299=ok 400=permanent 401=permanent 403=permanent 404=permanent 410=permanent 413=permanent \
		408=temporary 425=temporary 429=temporary 500=temporary 502=temporary 503=temporary 504=temporary; do
		answer "${row%=*}" 'x: y' 'what was wrong'
		reply forward --url "$server_url/" <<<"$value"
		case ${row#*=} in
		ok) [ "$output" = '{"ok":true}' ] ;;
		*) is "${row#*=}" && jq -e --arg s "${row%=*}" '.error.message == "answered \($s): what was wrong"' <<<"$output" ;;
		esac
	done
}

@test "hookroute-forward: Retry-After is passed on, as seconds" {
	answer 429 'Retry-After: 7'
	reply forward --url "$server_url/" <<<"$value"
	is temporary 7
	answer 503 "Retry-After: $(date -u -d '+100 seconds' '+%a, %d %b %Y %H:%M:%S GMT')"
	reply forward --url "$server_url/" <<<"$value"
	jq -e '.error.retry_after | . > 60 and . <= 101' <<<"$output"
	answer 503 'Retry-After: 99999999'
	reply forward --url "$server_url/" <<<"$value"
	is temporary 86400
	answer 503 'Retry-After: soon'
	reply forward --url "$server_url/" <<<"$value"
	is temporary
}

@test "hookroute-forward: redirects are not followed" {
	answer 302 "Location: $server_url/elsewhere"
	reply forward --url "$server_url/" <<<"$value"
	is permanent
	[[ $output == *'redirects are not followed'* ]]
	[ "$(requests)" -eq 1 ]
}

@test "hookroute-forward: a connection that breaks, hangs or is refused is temporary" {
	echo reset >"$dir/answer"
	reply forward --url "$server_url/" <<<"$value"
	is temporary
	echo hang >"$dir/answer"
	reply forward --url "$server_url/" --timeout 300ms <<<"$value"
	is temporary
	stop_servers
	reply forward --url "$server_url/" <<<"$value"
	is temporary
}

@test "hookroute-forward: a value says what is sent, never where" {
	reply forward --url "$server_url/right" <<<'{"id":"1","url":"http://127.0.0.1:1/","to":"x","webhook":"y"}'
	[ "$output" = '{"ok":true}' ]
	grep -q '^POST /right ' "$dir/request.1"
}

@test "hookroute-forward: a value without an id, or with one that is none, is refused" {
	local bad
	for bad in '{}' '{"id":7}' '{"id":""}' '{"id":"a\r\nx: y"}' '{"id":"a.b"}' '[]' 'no' ''; do
		reply forward --url "$server_url/" <<<"$bad"
		is permanent
	done
	[ "$(requests)" -eq 0 ]
}

@test "hookroute-forward: a secret that is missing is said, and a new one needs no restart" {
	make_key
	mkfifo "$BATS_TEST_TMPDIR/values"
	hookroute-forward forward --url global/f.url --key global/f.key - \
		<"$BATS_TEST_TMPDIR/values" >"$BATS_TEST_TMPDIR/replies" 2>/dev/null 3>&- &
	exec 4>"$BATS_TEST_TMPDIR/values"
	echo "$value" >&4
	wait_until grep -q "no secret 'global/f.url': tokenmint vault put global/f.url" "$BATS_TEST_TMPDIR/replies"
	secret global/f.url "$server_url/
"
	echo "$value" >&4
	wait_until grep -q "no secret 'global/f.key'" "$BATS_TEST_TMPDIR/replies"
	secret global/f.key 'no key!'
	echo "$value" >&4
	wait_until grep -q "secret 'global/f.key' is no key: want whsec_ and base 64" "$BATS_TEST_TMPDIR/replies"
	secret global/f.key whsec_b3RoZXI=
	echo "$value" >&4
	wait_until grep -q '"ok":true' "$BATS_TEST_TMPDIR/replies"
	exec 4>&-
	[ "$(jq -r '.error.kind // "none"' "$BATS_TEST_TMPDIR/replies")" = $'temporary\ntemporary\ntemporary\nnone' ]
}

@test "hookroute-forward: an url of the vault is in no message" {
	local url
	stop_servers
	for url in "$server_url/hidden-token" 'https://127.0.0.1:1/hidden-token' 'ftp://hidden-token/' \
		'http://example.org/hidden-token' 'https://hidden-token:x@127.0.0.1:1/' "https://127.0.0.1:1/': hidden-token"; do
		secret global/u "$url"
		reply forward --url global/u --timeout 2s <<<"$value"
		is temporary
		[[ $output$stderr != *hidden-token* ]]
		[[ $output == *global/u* ]]
	done
}

@test "hookroute-forward: the command line" {
	make_key
	run -64 hookroute-forward
	run -64 hookroute-forward forward -
	run -64 hookroute-forward forward --url "$server_url"
	run -64 hookroute-forward forward --url not/there -
	run -64 hookroute-forward forward --url "$server_url" --to x -
	run -64 hookroute-forward forward --url "$server_url" --key whsec_abc -
	run -64 hookroute-forward forward --url "$server_url" --timeout 1h -
	run -64 hookroute-forward chat --url "$server_url" -
	[[ $output == *"a chat's url is a secret"* ]]
	run -64 hookroute-forward chat --url global/u --style irc -
	run -64 hookroute-forward mail -
	run -64 hookroute-forward mail --to $'a@b\nBcc: c@d' -
	run -64 hookroute-forward mail --to -oQ/tmp -
	run -0 hookroute-forward --help
	[[ $output == 'usage: hookroute-forward forward --url'* ]]
	rm "$HOOKTOOLS_CONF/hooktools.key"
	run -78 hookroute-forward forward --url global/u - <<<"$value"
}

# bats test_tags=F2_50
@test "hookroute-forward: it keeps hookpipe(7)" {
	run -0 --separate-stderr hookroute consumer-test -- hookroute-forward forward --url "$server_url/" -
	run ! grep -q '^not ok' <<<"$output"
}
