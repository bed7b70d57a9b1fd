load ../../helper
load helper

# A sender that sends the secret itself.

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1}' >"$body"
	printf 'swordfish-swordfish-0123' >"$BATS_TEST_TMPDIR/secret.github"
	add_hook github
	start_hookrecv
}

teardown() {
	stop_servers
}

# with HEADER...: the signed body is posted with these headers as well.
with() {
	sign "$body" d-1
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$body.head"
	post "$body"
	[ "$status" -eq 202 ]
}

is_nowhere() {
	run ! grep -raqF "$1" "$HOOKTOOLS_STATE/spool" "$BATS_TEST_TMPDIR/log"
}

@test "hookrecv: a header with the secret, as it is or in base 64, is left out and told" {
	encoded=$(base64 -w0 <"$secret")
	with "X-Note: kept" "X-Plain: $(cat "$secret")" "X-Inside: the secret is $(cat "$secret")." \
		"X-GitHub-Encoded-Secret: $encoded" "Cookie: a=b" "Authorization: Bearer x"
	run -0 jq -c '.headers | keys' "$HOOKTOOLS_STATE"/spool/new/*
	[[ "$output" == *'"x-note"'* ]]
	[[ "$output" != *plain* && "$output" != *inside* && "$output" != *encoded* ]]
	[[ "$output" != *cookie* && "$output" != *authorization* && "$output" != *signature* ]]
	is_nowhere "$(cat "$secret")"
	is_nowhere "$encoded"
	[ "$(grep -c "sends the hook's secret in the header" "$BATS_TEST_TMPDIR/log")" -eq 3 ]
	grep -q "'X-GitHub-Encoded-Secret', which was left out: rotate the secret" "$BATS_TEST_TMPDIR/log"
}

@test "hookrecv: a secret in a payload becomes asterisks, and the rest stays as it was" {
	encoded=$(base64 -w0 <"$secret")
	printf '{ "config":{"secret":"%s","other": "%s"}, "n":1.50 }' "$(cat "$secret")" "$encoded" >"$body"
	with
	is_nowhere "$(cat "$secret")"
	is_nowhere "$encoded"
	want=$(sed "s/$(cat "$secret")/$(printf '%24s' '' | tr ' ' '*')/; s#$encoded#$(printf '%32s' '' | tr ' ' '*')#" "$body")
	grep -qF "\"payload\":$want}" "$HOOKTOOLS_STATE"/spool/new/*
	grep -q "put the hook's secret into a payload" "$BATS_TEST_TMPDIR/log"
}

@test "hookrecv: in a large payload, too, wherever it stands" {
	jq -nc --rawfile s "$secret" '{a: ("x" * 65510), b: $s, c: ("y" * 200000), d: $s}' >"$body"
	with
	is_nowhere "$(cat "$secret")"
	jq -e '.payload | .b == "*" * 24 and .d == .b and (.a | length) == 65510 and (.c | length) == 200000' \
		"$HOOKTOOLS_STATE"/spool/new/*
}

@test "hookrecv: the old secret is hidden as well while it is good" {
	hookrecv rotate "$hook" --json | jq -j .secret >"$BATS_TEST_TMPDIR/new"
	with "X-Old: $(cat "$secret")"
	is_nowhere "$(cat "$secret")"
}

@test "hookrecv: a short secret that could be any word hides only itself" {
	printf 'push' >"$BATS_TEST_TMPDIR/short"
	secret=$BATS_TEST_TMPDIR/short
	run -0 --separate-stderr hookrecv add acme/short --secret-file "$secret" --json
	hook=$(jq -r .id <<<"$output")
	printf '{"event":"push","ref":"pushed"}' >"$body"
	with "X-A: push" "X-B: pushed"
	run -0 cat "$HOOKTOOLS_STATE"/spool/new/*
	jq -e '.payload == {event: "push", ref: "pushed"} and (.headers | has("x-a") | not) and .headers["x-b"] == "pushed"' <<<"$output"
}
