load ../../helper
load helper

# What was refused is remembered, and why.

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1}' >"$body"
}

teardown() {
	stop_servers
}

# last: the newest refusal, in $record; a request is noted when it is over, just after its answer.
last() {
	record=$(hookrecv explain --trace --last 1 --json)
}

reason() { jq -r .reason <<<"$record"; }

# noted TEXT: it begins with that.
noted() {
	last
	[[ "$(reason)" == "$1"* ]]
}

# refused STATUS [CURL OPTION...]: a request to the hook that is refused so.
refused() {
	run -0 curl -sS -o /dev/null -w '%{http_code}' --data-binary "@$body" "${@:2}" "$server_url/hook/$hook"
	[ "$output" = "$1" ]
}

# sent STATUS: the body with its head.
sent() {
	post "$body"
	[ "$status" -eq "$1" ]
}

# bats test_tags=F0_6
@test "hookrecv explain --trace: another secret, none, an empty one, another provider's header" {
	add_hook github
	start_hookrecv
	printf 'another' >"$BATS_TEST_TMPDIR/another"
	secret=$BATS_TEST_TMPDIR/another
	sign "$body"
	sent 401
	wait_until noted "the body was signed with another secret, or was changed"
	jq -e --arg hook "$hook" --arg sum "$(sha256sum <"$body" | head -c 16)" '.hook == $hook and .name == "acme/github" and .status == 401 and
		.code == "bad_signature" and .provider == "github" and .remote == "127.0.0.1" and .bytes == 7 and .times == 1 and
		.sha256_begin == $sum and .signature_header == "X-Hub-Signature-256" and
		(.headers | index("X-GitHub-Event") and index("X-Hub-Signature-256"))' <<<"$record"
	refused 401
	wait_until noted "there is no X-Hub-Signature-256: the forge was given no secret"
	refused 401 -H 'X-Hub-Signature-256: sha256='
	wait_until noted "the header X-Hub-Signature-256 is there but empty: the forge was given no secret"
	refused 401 -H 'X-Hub-Signature-256: sha1=00'
	wait_until noted 'the header X-Hub-Signature-256 does not begin with "sha256="'
	refused 401 -H 'X-Gitlab-Token: anything'
	wait_until noted "there is no X-Hub-Signature-256, but a X-Gitlab-Token, as gitlab sends"
	run -0 script -qec "hookrecv explain --trace" /dev/null
	[ "$(grep -c '^ *headers: ' <<<"$output")" -eq 5 ]
	[[ "$output" == *"401 bad_signature  acme/github  from 127.0.0.1"* ]]
	run ! grep -qaF -e another -e horse -e anything "$HOOKTOOLS_STATE/refused"
	run ! grep -qaF "$(sed -n 's/^X-Hub-Signature-256: sha256=//p' "$body.head")" "$HOOKTOOLS_STATE/refused"
}

# bats test_tags=FX_27
@test "hookrecv explain --trace: a forge that still has the old secret" {
	add_hook github
	old=$secret
	start_hookrecv
	run -0 hookrecv rotate "$hook" --json --grace 1s
	ended() {
		secret=$old
		sign "$body" "$RANDOM"
		post "$body"
		[ "$status" -eq 401 ]
	}
	wait_until ended
	wait_until noted "it verifies against the OLD secret of 20"
}

@test "hookrecv explain --trace: a form whose payload is signed, tokens, clocks" {
	add_hook github
	start_hookrecv
	sign "$body"
	printf 'payload=%%7B%%22n%%22%%3A1%%7D' >"$body.form"
	cp "$body.head" "$body.form.head"
	post "$body.form" application/x-www-form-urlencoded
	[ "$status" -eq 401 ]
	wait_until noted "a form, but the JSON in it is signed: is the sender a Gitea"
	add_hook gitlab
	refused 401 -H 'X-Gitlab-Token: wrong'
	wait_until noted "the header X-Gitlab-Token holds another secret"
	add_hook slack
	refused 401 -H 'X-Slack-Request-Timestamp: 1531420618' -H "X-Slack-Signature: v0=$(printf '%064d' 0)"
	wait_until noted "it was signed "
	jq -e '.code == "stale_signature" and .skew_ms > 1000000000' <<<"$record"
	refused 401 -H "X-Slack-Signature: v0=$(printf '%064d' 0)"
	wait_until noted "no header tells when it was signed"
}

@test "hookrecv explain --trace: what is refused for other reasons than its signature" {
	add_hook none
	start_hookrecv
	printf '{"n":' >"$body"
	refused 400
	wait_until noted "it is signed well, but its payload is no JSON"
	jq -e '.detail == "the form has no payload"' <<<"$record"
	ends() { last && jq -e '.detail | endswith(" at byte 5")' <<<"$record"; }
	for form in '' payload=; do
		printf '%s{"n":' "$form" >"$body"
		refused 400 -H "Content-Type: application/$([ -z "$form" ] && echo json || echo x-www-form-urlencoded)"
		wait_until ends
	done
	refused 415 -H 'Content-Type: text/xml'
	wait_until noted "its type is neither JSON nor a form"
	jq -e '.detail == "text/xml"' <<<"$record"
	hookrecv disable "$hook"
	refused 404
	wait_until noted "there is no such hook"
	jq -e '.detail == "it is disabled" and .name == "acme/none"' <<<"$record"
	hookrecv enable "$hook"
	curl -sS -o /dev/null "$server_url/other"
	wait_until noted "there is nothing at this path"
	jq -e '.hook == null and .name == null' <<<"$record"
	hook=01234567-89ab-4cde-8f01-23456789abcd
	refused 404
	wait_until noted "there is no such hook"
	jq -e '.hook == "01234567-89ab-4cde-8f01-23456789abcd" and .name == null' <<<"$record"
	run -0 add_hook hmac --max-body 5
	hook=$(hookrecv show acme/hmac --json | jq -r .id)
	printf '{"number":1}' >"$body"
	refused 413
	wait_until noted "its body is larger than the hook takes"
	jq -e '.detail == "12 bytes were announced"' <<<"$record"
}

@test "hookrecv explain --trace: the same again is counted, and somebody who tries addresses hides nothing" {
	add_hook github
	start_hookrecv --trusted-proxy 127.0.0.1
	refused 401
	wait_until noted "there is no X-Hub"
	for i in {1..40}; do
		refused 401
	done
	last
	known=$hook
	hook=01234567-89ab-4cde-8f01-23456789abcd
	for i in {1..100}; do
		printf 'header = "X-Forwarded-For: 203.0.113.%d"\nurl = "%s"\ndata = "x"\noutput = /dev/null\nnext\n' "$i" "$server_url/hook/$hook"
	done | sed '$d' | curl -sSK -
	all() {
		run -0 hookrecv explain --trace --last 256 --json
		[ "$(jq -s "map(.times) | add" <<<"$output")" -eq 105 ]
	}
	wait_until all
	[ "$(jq -s --arg hook "$known" 'map(select(.hook == $hook)) | map(.times) | add' <<<"$output")" -eq 41 ]
	[ "$(jq -s --arg hook "$known" 'map(select(.hook == $hook)) | length' <<<"$output")" -le 2 ]
	[ "$(jq -s --arg hook "$hook" 'map(select(.hook == $hook)) | length' <<<"$output")" -eq 64 ]
	run -0 hookrecv explain --trace acme/github --json
	[ "$(jq -r .hook <<<"$output" | sort -u)" = "$known" ]
	[ "$(hookrecv explain --trace --json | wc -l)" -eq 20 ]
}

@test "hookrecv explain --trace: all processes write to one file, and it outlives them" {
	add_hook github
	start_hookrecv --workers 2
	refused 401
	wait_until noted "there is no X-Hub"
	printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}' "$hook" >"$BATS_TEST_TMPDIR/request"
	hookrecv -i <"$BATS_TEST_TMPDIR/request" >/dev/null 2>&1
	last
	jq -e '.remote == "stdin" and .code == "unsigned"' <<<"$record"
	stop_servers
	[ "$(hookrecv explain --trace --json | wc -l)" -eq 2 ]
	[ "$(stat -c %a "$HOOKTOOLS_STATE/refused")" = 600 ]
}

@test "hookrecv explain --trace: connections that break off" {
	add_hook none
	start_hookrecv --idle 1s
	printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{' "$hook" | socat -t 0 - "TCP:${server_url#http://}"
	wait_until noted "the connection ended before it was whole"
	jq -e '.status == 0 and .code == "broken_off" and .bytes == 1 and .detail == "10 bytes were announced"' <<<"$record"
}

@test "hookrecv explain --trace: nothing, rubbish in the file, no file to write" {
	add_hook github
	run -0 --separate-stderr hookrecv explain --trace --json
	[ -z "$output" ]
	run -0 script -qec "hookrecv explain --trace" /dev/null
	[[ "$output" == "nothing was refused"* ]]
	[ ! -e "$HOOKTOOLS_STATE/refused" ]
	head -c 300000 /dev/urandom >"$HOOKTOOLS_STATE/refused"
	run -0 --separate-stderr hookrecv explain --trace --json
	[ -z "$output" ]
	start_hookrecv
	refused 401
	wait_until noted "there is no X-Hub"
	# A version and times that are right, and rubbish behind them, with control characters.
	python3 -c 'import os, sys
data = open(sys.argv[1], "rb").read()
size = (len(data) - 24) // 256
first = next(data[i : i + 72] for i in range(24, len(data), size) if any(data[i : i + 8]))
open(sys.argv[1], "r+b").write(data[:24] + b"".join(first + os.urandom(size - 72) for _ in range(256)))' "$HOOKTOOLS_STATE/refused"
	run -0 --separate-stderr hookrecv explain --trace --last 256 --json
	jq -es 'length == 256' <<<"$output"
	run -0 script -qec "hookrecv explain --trace --last 256" /dev/null
	[ -z "$(tr -d '\r\n -~' <<<"$output")" ]
	refused 401
	stop_servers
	rm "$HOOKTOOLS_STATE/refused"
	mkdir "$HOOKTOOLS_STATE/refused"
	start_hookrecv
	refused 401
	refused 401
	wait_until grep -q "explain --trace does not tell of this, ignoring" "$BATS_TEST_TMPDIR/log"
	[ "$(grep -c 'does not tell of this' "$BATS_TEST_TMPDIR/log")" -eq 1 ]
}

@test "hookrecv explain --trace: wrong usage" {
	make_key
	run -1 --separate-stderr hookrecv explain --trace acme/site
	run -64 --separate-stderr hookrecv explain --trace --last 0
	run -64 --separate-stderr hookrecv explain --trace --last 257
	run -64 --separate-stderr hookrecv explain --trace --request x
	run -64 --separate-stderr hookrecv explain --last 3 00000000-0000-7000-8000-000000000000
	run -64 --separate-stderr hookrecv explain --trace a b
}
