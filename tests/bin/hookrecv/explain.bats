load ../../helper
load helper

# Why an event was taken, and why a request is refused.

setup() {
	body=$BATS_TEST_TMPDIR/body request=$BATS_TEST_TMPDIR/request
	printf '{"n":1}' >"$body"
}

teardown() {
	stop_servers
}

# caught [TYPE]: the body with its head, as a request in $request.
caught() {
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n' "${hook:-x}" "$(stat -c %s "$body")"
		sed -e '/^Content-Type/d' -e 's/$/\r/' "$body.head"
		printf 'Content-Type: %s\r\n\r\n' "${1:-application/json}"
		cat "$body"
	} >"$request"
}

# signed PROVIDER [SECRET]: the caught request, signed; sets $secret.
signed() {
	hook_provider=$1
	secret=$BATS_TEST_TMPDIR/secret
	[ -f "$secret" ] || printf '%s' "${2:-correct horse}" >"$secret"
	sign "$body"
	caught
}

# judge STATUS [OPTION...]: the verdict's object in $output.
judge() {
	local want=$1
	shift
	[ $# -gt 0 ] || set -- -p "$hook_provider" --secret-file "$secret"
	run "-$want" --separate-stderr hookrecv explain --request "$request" --json "$@"
	run ! grep -qF "$(cat "$secret")" <<<"$output"
	# shellcheck disable=SC2154
	output=$(hookrecv explain --request "$request" --json "$@" 2>/dev/null || true)
	[ "$want" -eq 0 ] || [[ "$stderr" == *"it would be refused"* ]]
}

reason() { jq -r .reason <<<"$output"; }

verdict() { jq -r .verdict <<<"$output"; }

# bats test_tags=FX_23
@test "hookrecv explain --request: a good one of each provider" {
	local provider
	for provider in github gitlab gitea forgejo gogs bitbucket bitbucket-server azure slack stripe hmac token; do
		signed "$provider"
		judge 0
		[ "$(verdict)" = good ]
		jq -e --arg provider "$provider" '.provider == $provider and .key == "now" and .key_bytes == 13 and .body_bytes == 7' <<<"$output"
		jq -e --arg sum "$(sha256sum <"$body" | cut -d' ' -f1)" '.body_sha256 == $sum' <<<"$output"
	done
	rm "$BATS_TEST_TMPDIR/secret"
	signed standard "whsec_$(printf 'a secret of 24 bytes ok?' | base64)"
	judge 0
	jq -e '.key_bytes == 24 and .key_encoding == "base 64" and .signed == "{id}.{time}.{body}" and
		.tolerance_ms == 300000 and .skew_ms >= 0 and .skew_ms < 60000' <<<"$output"
}

@test "hookrecv explain --request: the signed bytes are counted and summed up" {
	signed slack
	time=$(sed -n 's/^X-Slack-Request-Timestamp: //p' "$body.head")
	judge 0
	sum=$(printf 'v0:%s:{"n":1}' "$time" | sha256sum | cut -d' ' -f1)
	jq -e --arg sum "$sum" '.signed == "v0:{time}:{body}" and .signed_bytes == 21 and .signed_sha256 == $sum' <<<"$output"
}

@test "hookrecv explain --request: public keys" {
	add_hook sourcehut
	sign "$body"
	caught
	judge 0 "$hook"
	jq -e '.algorithm == "Ed25519" and .signed == "{body}{nonce}"' <<<"$output"
}

# bats test_tags=F0_6
@test "hookrecv explain --request: what people get wrong is named" {
	signed github
	printf 'another' >"$BATS_TEST_TMPDIR/another"
	judge 1 -p github --secret-file "$BATS_TEST_TMPDIR/another"
	[ "$(verdict): $(reason)" = "bad_signature: the body was signed with another secret, or was changed on its way" ]
	sed -i 's/{"n":1}/{"n":2}/' "$request"
	judge 1
	[[ "$(reason)" == "the body was signed with another secret"* ]]
	caught
	sed -i 's/^X-Hub-Signature-256: .*/X-Hub-Signature-256: \r/' "$request"
	judge 1
	[ "$(verdict): $(reason)" = "unsigned: the header X-Hub-Signature-256 is there but empty: the forge was given no secret" ]
	sed -i 's/^X-Hub-Signature-256: .*/X-Hub-Signature-256: sha256=\r/' "$request"
	judge 1
	[[ "$(reason)" == *"there but empty"* ]]
	sed -i 's/^X-Hub-Signature-256: .*/X-Hub-Signature-256: sha1=00\r/' "$request"
	judge 1
	[ "$(reason)" = 'the header X-Hub-Signature-256 does not begin with "sha256="' ]
	sed -i 's/^X-Hub-Signature-256: .*/X-Hub-Signature-256: sha256=00\r/' "$request"
	judge 1
	[ "$(reason)" = "the header X-Hub-Signature-256 holds nothing that could be a signature" ]
	sed -i '/^X-Hub-Signature-256: /d' "$request"
	judge 1
	[[ "$(verdict): $(reason)" == "unsigned: there is no X-Hub-Signature-256: "* ]]
	sed -i 's/^Host: .*/X-Gitlab-Token: y\r/' "$request"
	judge 1
	[[ "$(reason)" == "there is no X-Hub-Signature-256, but a X-Gitlab-Token, as gitlab sends: "* ]]
	signed gitlab
	judge 1 -p gitlab --secret-file "$BATS_TEST_TMPDIR/another"
	[ "$(reason)" = "the header X-Gitlab-Token holds another secret" ]
}

@test "hookrecv explain --request: line breaks that editors and shells add" {
	signed github
	echo >>"$request"
	judge 0
	jq -e '.content_length == 7 and .body_bytes == 7' <<<"$output"
	run -0 script -qec "hookrecv explain --request $request -p github --secret-file $secret" /dev/null
	[[ "$output" == *"Content-Length says 7 bytes, and 8 are here: the rest was left out"* ]]
	sed -i '/^Content-Length/d' "$request"
	judge 1
	[ "$(reason)" = "it verifies with a line break more or less at the end of the body" ]
	printf '%s' "$(cat "$request")" >"$request.short"
	head -c -1 "$request.short" >"$request"
	judge 1
	[[ "$(reason)" == "the body was signed with another secret"* ]]
	# The forge was given what "echo" printed.
	echo 'correct horse' >"$BATS_TEST_TMPDIR/echoed"
	printf 'X-Hub-Signature-256: sha256=%s\n' "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(od -An -tx1 "$BATS_TEST_TMPDIR/echoed" | tr -d ' \n')" "$body" | sed 's/.*= //')" >"$body.head"
	caught
	judge 1
	[[ "$(reason)" == "it verifies with a line break behind the secret"* ]]
}

@test "hookrecv explain --request: secrets that one side decodes and the other does not" {
	coded=whsec_$(printf 'a secret of 24 bytes ok?' | base64)
	signed standard "$coded"
	id=$(sed -n 's/^webhook-id: //p' "$body.head") time=$(sed -n 's/^webhook-timestamp: //p' "$body.head")
	mac=$(printf '%s.%s.%s' "$id" "$time" "$(cat "$body")" | openssl dgst -sha256 -hmac "$coded" -binary | base64)
	sed -i "s|^webhook-signature: .*|webhook-signature: v1,$mac|" "$body.head"
	caught
	judge 1
	[ "$(reason)" = "it verifies with the secret as plain text: the sender does not decode it" ]
	mac=$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(printf 'a secret of 24 bytes ok?' | od -An -tx1 | tr -d ' \n')" "$body" | sed 's/.*= //')
	printf 'X-Hub-Signature-256: sha256=%s\n' "$mac" >"$body.head"
	hook_provider=hmac
	caught
	judge 1
	[ "$(reason)" = "it verifies with the secret decoded from base 64: the sender decodes it" ]
}

@test "hookrecv explain --request: a form whose payload is signed, and one that is signed itself" {
	printf 'payload=%%7B%%22n%%22%%3A1%%7D' >"$body"
	signed github
	caught application/x-www-form-urlencoded
	judge 0
	jq -e '.form and .signed_bytes == 25' <<<"$output"
	sed 's/X-Hub-Signature-256/X-Gitea-Signature/; s/sha256=//' "$body.head" >"$body.new"
	mv "$body.new" "$body.head"
	caught application/x-www-form-urlencoded
	judge 1 -p gitea --secret-file "$secret"
	[ "$(reason)" = "the form is signed and not the JSON in it: is the sender GitHub?" ]
	printf '{"n":1}' >"$body.json"
	hookrecv sign -p github --secret-file "$secret" <"$body.json" >"$body.head"
	caught application/x-www-form-urlencoded
	judge 1
	[[ "$(reason)" == "a form, but the JSON in it is signed: "* ]]
	printf 'other=1' >"$body"
	signed github
	caught application/x-www-form-urlencoded
	judge 1
	[ "$(verdict): $(jq -r .payload_problem <<<"$output")" = "bad_payload: the form has no payload" ]
}

@test "hookrecv explain --request: a clock that is wrong, and times that are none" {
	signed slack
	then=$(($(date +%s) - 3600))
	mac=$(printf 'v0:%s:{"n":1}' "$then" | openssl dgst -sha256 -hmac "$(cat "$secret")" | sed 's/.*= //')
	printf 'X-Slack-Request-Timestamp: %s\nX-Slack-Signature: v0=%s\n' "$then" "$mac" >"$body.head"
	caught
	judge 1
	[[ "$(verdict): $(reason)" == "stale_signature: it was signed 60 min ago: a clock is wrong, or it is sent again; the signature itself is right" ]]
	jq -e '.skew_ms >= 3600000 and .skew_ms < 3660000' <<<"$output"
	sed -i "s/^X-Slack-Request-Timestamp: .*/X-Slack-Request-Timestamp: $((then + 7200))\r/" "$request"
	judge 1
	[[ "$(reason)" == "it was signed "*" in our future: "*"not known to be right either" ]]
	sed -i "s/^X-Slack-Request-Timestamp: .*/X-Slack-Request-Timestamp: 9223372036854775\r/" "$request"
	judge 1
	[[ "$(reason)" == "it was signed "*" d in our future: "* ]]
	sed -i "s/^X-Slack-Request-Timestamp: .*/X-Slack-Request-Timestamp: soon\r/" "$request"
	judge 1
	[ "$(verdict): $(reason)" = "bad_signature: no header tells when it was signed, and X-Slack-Signature needs that" ]
	rm "$secret"
	signed standard "whsec_$(printf 'a secret of 24 bytes ok?' | base64)"
	sed -i '/^webhook-id/d' "$request"
	judge 1
	[[ "$(reason)" == "a header is missing that is signed together with the body"* ]]
}

# bats test_tags=FX_27
@test "hookrecv explain --request: a hook's own secrets, the old one while it is good and after" {
	add_hook github
	sign "$body"
	caught
	judge 0 "$hook"
	judge 0 acme/github
	run -0 hookrecv rotate "$hook" --json
	judge 0 "$hook"
	jq -e '.key == "old"' <<<"$output"
	[[ "$(reason)" == *"that of the old secret of "*", which is still good" ]]
	add_hook token
	sign "$body"
	caught
	run -0 hookrecv rotate "$hook" --json --grace 1s
	over() {
		judge 1 "$hook"
		[[ "$(reason)" == "it verifies against the OLD secret of 20"*"Z, which ended "*" ago: give the forge the new one" ]]
	}
	wait_until over
}

@test "hookrecv explain --request: requests as they are caught" {
	signed github
	# Without a request line, without carriage returns, from standard input.
	sed -i -e 1d -e 's/\r$//' "$request"
	run -0 --separate-stderr hookrecv explain --request - -p github --secret-file "$secret" --json <"$request"
	jq -e '.verdict == "good" and .method == null' <<<"$output"
	# In chunks.
	{
		printf 'POST /x HTTP/1.1\nTransfer-Encoding: chunked\n'
		grep '^X-Hub' "$request"
		printf '\n3;ext=1\r\n{"n\r\n4\r\n":1}\r\n0\r\n\r\n'
	} >"$request.chunked"
	mv "$request.chunked" "$request"
	judge 0
	for rubbish in '' 'no header at all' 'HTTP/1.1 200 OK\n\n' 'A: b\nTransfer-Encoding: chunked\n\nzz\n' \
		'A: b\nTransfer-Encoding: chunked\n\n5\nabc' 'A: b\nTransfer-Encoding: chunked\n\n1\na' \
		'A: b\nContent-Length: many\n\n{}' 'A\0: b\n\n{}' ': b\n' 'A b: c\n' 'POST HTTP/1.1\nA: b\n' 'POST /x y/1.1\nA: b\n' \
		'A: b\nTransfer-Encoding: chunked\n\n\x13\nabc\n0\n\n'; do
		printf '%b' "$rubbish" >"$request"
		run -65 --separate-stderr hookrecv explain --request "$request" -p github --secret-file "$secret"
		[ -z "$output" ]
	done
	{
		for ((i = 0; i < 201; i++)); do echo "A$i: b"; done
	} >"$request"
	run -65 --separate-stderr hookrecv explain --request "$request" -p github --secret-file "$secret"
	for header in 'Host: x' 'Upgrade: HTTP/2.0' 'Via: HTTP/1.1 proxy'; do
		printf '%s\n' "$header" >"$request"
		judge 1
		[ "$(verdict)" = unsigned ]
	done
}

@test "hookrecv explain --request: none, and a payload that is no JSON" {
	hook_provider=none secret=$BATS_TEST_TMPDIR/secret
	printf 'x-unused' >"$secret"
	sign "$body"
	caught
	judge 0 -p none
	[ "$(reason)" = "this provider verifies nothing" ]
	printf '{"n":' >"$body"
	signed github
	judge 1
	[ "$(verdict)" = bad_payload ]
	run -1 script -qec "hookrecv explain --request $request -p github --secret-file $secret" /dev/null
	[[ "$output" == *"payload   no JSON: "*"verdict   bad_payload: the signature in X-Hub-Signature-256 is that of the hook's secret"* ]]
}

# bats test_tags=FX_1
@test "hookrecv explain: an accepted event, wherever in the spool it is" {
	add_hook standard
	start_hookrecv
	send '{"n":1}' msg_1
	id=$(jq -r .id <<<"$answer")
	run -0 --separate-stderr hookrecv explain "$id" --json
	jq -e --arg id "$id" --arg hook "$hook" --arg sum "$(printf '{"n":1}' | sha256sum | cut -d' ' -f1)" '.id == $id and .hook == $hook and
		.name == "acme/standard" and .provider == "standard" and .delivery == "msg_1" and .registered and
		.payload_bytes == 7 and .payload_sha256 == $sum and .folder == "new" and .file == $id and .events_in_file == 1 and
		.key_state == "the present one" and (.key | startswith("20")) and
		(.skew_ms >= 0 and .skew_ms < 60000) and (.written_after_ms >= 0 and .written_after_ms < 60000) and .deduplicated' <<<"$output"
	run -0 hookrecv rotate "$hook" --json
	run -0 hookrecv explain "$id" --json
	jq -e '.key_state == "an old one that is still good"' <<<"$output"
	for place in cur done/2026-11-20 dead hold; do
		mkdir -p "$HOOKTOOLS_STATE/spool/$place"
		find "$HOOKTOOLS_STATE/spool" -name "$id" -exec mv {} "$HOOKTOOLS_STATE/spool/$place/" \;
		run -0 hookrecv explain "$id" --json
		jq -e --arg place "$place" '.folder == $place' <<<"$output"
	done
	hookrecv remove "$hook"
	run -0 script -qec "hookrecv explain $id" /dev/null
	[[ "$output" == *"delivery  msg_1"*"it was removed since"*"known no more; by webhook-signature"*"accepted as new"* ]]
}

@test "hookrecv explain: one of many in a file, and a file that is older than the event" {
	add_hook none
	start_hookrecv
	send '{"n":1}' d-1
	first=$(jq -r .id <<<"$answer")
	send '{"n":2}' d-2
	second=$(jq -r .id <<<"$answer")
	cat "$HOOKTOOLS_STATE/spool/new/$second" >>"$HOOKTOOLS_STATE/spool/new/$first"
	rm "$HOOKTOOLS_STATE/spool/new/$second"
	send '{"n":3}' d-3
	third=$(jq -r .id <<<"$answer")
	cat "$HOOKTOOLS_STATE/spool/new/$third" >>"$HOOKTOOLS_STATE/spool/new/$first"
	sed "s/$third/${third%?????}00000/" "$HOOKTOOLS_STATE/spool/new/$third" >"$HOOKTOOLS_STATE/spool/new/${third%?????}00000"
	rm "$HOOKTOOLS_STATE/spool/new/$third"
	for id in "$second" "$third"; do
		run -0 hookrecv explain "$id" --json
		jq -e --arg id "$id" --arg file "$first" '.id == $id and .file == $file and .events_in_file == 3' <<<"$output"
	done
	run -0 script -qec "hookrecv explain $first" /dev/null
	[[ "$output" == *"key       none: this provider verifies nothing"* ]]
}

@test "hookrecv explain: what is not there, and wrong usage" {
	make_key
	run -1 --separate-stderr hookrecv explain 00000000-0000-7000-8000-000000000000
	[[ "$stderr" == *"no event "* ]]
	run -64 --separate-stderr hookrecv explain
	run -64 --separate-stderr hookrecv explain acme/site
	run -64 --separate-stderr hookrecv explain a b
	run -64 --separate-stderr hookrecv explain 00000000-0000-7000-8000-000000000000 -p github
	printf 'x' >"$BATS_TEST_TMPDIR/secret"
	signed github x
	run -64 --separate-stderr hookrecv explain --request "$request"
	run -64 --separate-stderr hookrecv explain --request "$request" -p github
	run -64 --separate-stderr hookrecv explain --request "$request" -p nobody --secret-file "$secret"
	run -64 --separate-stderr hookrecv explain --request "$request" acme/site -p github --secret-file "$secret"
	run -1 --separate-stderr hookrecv explain --request "$request" acme/site
	run -71 --separate-stderr hookrecv explain --request "$BATS_TEST_TMPDIR/nothing" -p github --secret-file "$secret"
}
