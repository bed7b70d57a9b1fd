load ../../helper
load helper

# The senders that sign in a way of their own, with signatures made by openssl.

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1}' >"$body"
	password='correct horse battery staple'
}

teardown() {
	stop_servers
}

hmac() { openssl dgst -sha256 -hmac "$password" -r | cut -d' ' -f1; }

# try STATUS HEADER...: the body with these headers gets this answer.
try() {
	local want=$1
	shift
	printf '%s\n' "$@" >"$body.head"
	post "$body"
	[ "$status" -eq "$want" ] || {
		echo "answered $status: $answer"
		return 1
	}
}

# event FILTER: of the newest event.
event() { cat "$HOOKTOOLS_STATE"/spool/new/* | tail -n 1 | jq -r "$1"; }

# bats test_tags=F0_5,FX_23
@test "hookrecv: Gogs signs the plain hex, and of a form the payload" {
	add_hook gogs
	start_hookrecv
	good=$(hmac <"$body")
	try 401 "X-Gogs-Event: push"
	[ "$(code)" = unsigned ]
	try 401 "X-Gogs-Event: push" "X-Gogs-Signature:"
	try 401 "X-Gogs-Event: push" "X-Gogs-Signature: sha256=$good"
	try 401 "X-Gogs-Event: push" "X-Gogs-Signature: $(hmac <<<other)"
	try 401 "X-Gogs-Event: push" "X-Hub-Signature-256: sha256=$good"
	nothing_stored
	try 202 "X-Gogs-Event: push" "X-Gogs-Signature: $good" "X-Gogs-Delivery: 1"
	[ "$(event '.provider + .event + .delivery')" = gogspush1 ]
	[ "$(event '.headers | has("x-gogs-signature")')" = false ]
	printf 'payload=%%7B%%22n%%22%%3A1%%7D' >"$body"
	printf '%s\n' "X-Gogs-Event: push" "X-Gogs-Signature: $good" "X-Gogs-Delivery: 2" >"$body.head"
	post "$body" application/x-www-form-urlencoded
	[ "$status" -eq 202 ]
	[ "$(event .payload.n)" = 1 ]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Atlassian's published example of a signature" {
	printf "It's a Secret to Everybody" >"$BATS_TEST_TMPDIR/published"
	run -0 hookrecv sign -p bitbucket -s "$BATS_TEST_TMPDIR/published" < <(printf 'Hello World!')
	[[ "$output" == *"X-Hub-Signature: sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"* ]]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Bitbucket's two kinds name event and delivery in headers of their own" {
	add_hook bitbucket
	start_hookrecv
	good="X-Hub-Signature: sha256=$(hmac <"$body")"
	try 401 "X-Event-Key: repo:push"
	try 401 "X-Event-Key: repo:push" "X-Hub-Signature: sha256=$(hmac <<<other)"
	try 401 "X-Event-Key: repo:push" "X-Hub-Signature: sha1=$(hmac <"$body")"
	try 202 "X-Event-Key: repo:push" "$good" "X-Request-UUID: u-1" "X-Attempt-Number: 1"
	[ "$(event '.event + " " + .delivery')" = "repo:push u-1" ]
	try 200 "X-Event-Key: repo:push" "$good" "X-Request-UUID: u-1" "X-Attempt-Number: 2"
	add_hook bitbucket-server
	try 401 "X-Event-Key: diagnostics:ping"
	try 200 "X-Event-Key: diagnostics:ping" "$good"
	jq -e .ping <<<"$answer"
	try 202 "X-Event-Key: repo:refs_changed" "$good" "X-Request-Id: u-2"
	[ "$(event '.event + " " + .delivery')" = "repo:refs_changed u-2" ]
	[ "$(stored)" -eq 2 ]
}

# basic TEXT
basic() { printf 'Authorization: Basic %s' "$(printf '%s' "$1" | base64 -w0)"; }

# bats test_tags=F0_5,FX_23
@test "hookrecv: Azure DevOps knows a password, and names the event in its payload" {
	printf '{"id":"a-1","eventType":"git.push","resource":{"id":"r"}}' >"$body"
	add_hook azure
	start_hookrecv
	try 401 "X-Event: git.push"
	[ "$(code)" = unsigned ]
	try 401 "$(basic "$password")"
	try 401 "$(basic "user:wrong")"
	try 401 "$(basic "user:${password}x")"
	try 401 "Authorization: Bearer $password"
	try 401 "Authorization: Basic user:$password"
	nothing_stored
	try 202 "$(basic "anybody:$password")"
	[ "$(event '.event + " " + .delivery')" = "git.push a-1" ]
	[ "$(event '.headers | has("authorization")')" = false ]
	try 200 "$(basic ":$password")"
	jq -e .duplicate <<<"$answer"
	[ "$(payload)" = "$(cat "$body")" ]
	run -0 grep -rac "$(printf '%s' "anybody:$password" | base64 -w0)" "$HOOKTOOLS_STATE" "$BATS_TEST_TMPDIR/log" || true
	[[ "$output" != *:[1-9]* ]]
}

# bats test_tags=FX_23
@test "hookrecv: with a colon the secret of azure is the user and the password" {
	printf 'devops:pass:word' >"$BATS_TEST_TMPDIR/secret.azure"
	add_hook azure
	start_hookrecv
	try 401 "$(basic "other:pass:word")"
	try 401 "$(basic "devops:pass")"
	try 202 "$(basic "devops:pass:word")"
	sign "$body"
	post "$body"
	[ "$status" -eq 202 ]
}

# ed25519 FILE: its signature by the private key, in base 64
ed25519() { openssl pkeyutl -sign -rawin -inkey "$BATS_TEST_TMPDIR/ed25519.pem" -in "$1" | base64 -w0; }

# bats test_tags=F0_5,FX_23
@test "hookrecv: SourceHut signs the body and a nonce with Ed25519" {
	add_hook sourcehut
	start_hookrecv
	printf '%s%s' "$(cat "$body")" nonce-1 >"$BATS_TEST_TMPDIR/signed"
	good=$(ed25519 "$BATS_TEST_TMPDIR/signed")
	names=("X-Webhook-Event: repo:update" "X-Webhook-Delivery: s-1")
	try 401 "${names[@]}" "X-Payload-Nonce: nonce-1"
	[ "$(code)" = unsigned ]
	try 401 "${names[@]}" "X-Payload-Signature: $good"
	try 401 "${names[@]}" "X-Payload-Signature: $good" "X-Payload-Nonce: nonce-2"
	try 401 "${names[@]}" "X-Payload-Signature: $(ed25519 "$body")" "X-Payload-Nonce: nonce-1"
	try 401 "${names[@]}" "X-Payload-Signature: ${good:4}" "X-Payload-Nonce: nonce-1"
	nothing_stored
	try 202 "${names[@]}" "X-Payload-Signature: $good" "X-Payload-Nonce: nonce-1"
	[ "$(event '.event + " " + .delivery')" = "repo:update s-1" ]
	head -c 1100000 /dev/zero | tr '\0' ' ' >>"$body"
	try 413 "${names[@]}" "X-Payload-Signature: $good" "X-Payload-Nonce: nonce-1"
}

# bats test_tags=FX_23
@test "hookrecv add: the key of sr.ht is known, another must be a public key" {
	make_key
	run -0 --separate-stderr hookrecv add acme/site -p sourcehut --json
	id=$(jq -r .id <<<"$output")
	[ "$(tokenmint vault get "repository/${id}_SECRET")" = 'uX7KWyyDNMaBma4aVbJ/cbUQpdjqczuCyK/HxzV/u+4=' ]
	base64 <<<short >"$BATS_TEST_TMPDIR/bad"
	run -65 --separate-stderr hookrecv add acme/other -p sourcehut -s "$BATS_TEST_TMPDIR/bad"
	[[ "$stderr" == *"public key"* ]]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Standard Webhooks v1a, signed with Ed25519, among other signatures" {
	printf 'whpk_%s' "$(public_key)" >"$BATS_TEST_TMPDIR/secret.standard"
	add_hook standard
	start_hookrecv
	now=$(date +%s)
	printf 'msg_1.%s.%s' "$now" "$(cat "$body")" >"$BATS_TEST_TMPDIR/signed"
	good=$(ed25519 "$BATS_TEST_TMPDIR/signed")
	names=("webhook-id: msg_1" "webhook-timestamp: $now")
	try 401 "${names[@]}" "webhook-signature: v1,$good"
	try 401 "${names[@]}" "webhook-signature: v1a,${good:4}"
	try 401 "webhook-id: msg_2" "webhook-timestamp: $now" "webhook-signature: v1a,$good"
	try 401 "webhook-id: msg_1" "webhook-timestamp: $((now - 400))" "webhook-signature: v1a,$good"
	[ "$(code)" = stale_signature ]
	# A public key is no key of an HMAC.
	forged=$(openssl dgst -sha256 -mac HMAC -macopt hexkey:"$(public_key | base64 -d | od -An -tx1 | tr -d ' \n')" \
		-binary "$BATS_TEST_TMPDIR/signed" | base64)
	try 401 "${names[@]}" "webhook-signature: v1,$forged"
	nothing_stored
	try 202 "${names[@]}" "webhook-signature: v1,$forged v2,x v1a,$good"
	sign_with_pem
	sign "$body" msg_3
	post "$body"
	[ "$status" -eq 202 ]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Svix's headers are the standard's by another name; no id beside a signed one counts" {
	add_hook standard
	start_hookrecv
	now=$(date +%s)
	standard() { { printf '%s.%s.' "$1" "$now" && cat "$body"; } | password='a secret of 24 bytes ok?' base64_hmac; }
	base64_hmac() { openssl dgst -sha256 -hmac "$password" -binary | base64; }
	svix=("svix-id: msg_1" "svix-timestamp: $now")
	good=$(standard msg_1)
	try 401 "${svix[@]}"
	[ "$(code)" = unsigned ]
	try 401 "${svix[@]}" "svix-signature: v1,$(standard msg_2)"
	try 401 "svix-id: msg_1" "webhook-timestamp: $now" "svix-signature: v1,$good"
	try 401 "${svix[@]}" "svix-signature: v1,$good" "webhook-signature: v1,$good"
	both=("${svix[@]}" "webhook-id: msg_1" "webhook-timestamp: $now")
	try 401 "${both[@]}" "svix-signature: v1,$(standard msg_2)" "webhook-signature: v1,$good"
	try 401 "${both[@]}" "svix-signature: v1,$good" "webhook-signature: v1,$(standard msg_2)"
	nothing_stored
	try 202 "${svix[@]}" "svix-signature: v1,$(standard msg_2) v1,$good"
	[ "$(event '.delivery')" = msg_1 ]
	[ "$(event '.headers | has("svix-signature")')" = false ]
	try 200 "${svix[@]}" "svix-signature: v1,$good" "webhook-id: msg_9"
	jq -e .duplicate <<<"$answer"
	try 200 "${both[@]}" "svix-signature: v1,$good" "webhook-signature: v1,$good"
	[ "$(stored)" -eq 1 ]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: both families of Standard Webhooks' headers, signed with Ed25519" {
	printf 'whpk_%s' "$(public_key)" >"$BATS_TEST_TMPDIR/secret.standard"
	add_hook standard
	start_hookrecv
	now=$(date +%s)
	printf 'msg_1.%s.%s' "$now" "$(cat "$body")" >"$BATS_TEST_TMPDIR/signed"
	good=$(ed25519 "$BATS_TEST_TMPDIR/signed")
	svix=("svix-id: msg_1" "svix-timestamp: $now")
	both=("${svix[@]}" "webhook-id: msg_1" "webhook-timestamp: $now")
	try 401 "${both[@]}" "webhook-signature: v1a,$good" "svix-signature: v1a,${good:4}"
	try 401 "${both[@]}" "webhook-signature: v1a,$good" "svix-signature: v1,$(head -c 32 /dev/zero | base64)"
	nothing_stored
	try 202 "${both[@]}" "webhook-signature: v1a,$good" "svix-signature: v1a,$good"
	try 200 "${svix[@]}" "svix-signature: v1a,$good"
	jq -e .duplicate <<<"$answer"
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Slack signs a time, and asks whether we are there" {
	printf '{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}' >"$body"
	add_hook slack
	start_hookrecv
	now=$(date +%s)
	slack() { { printf 'v0:%s:' "$1" && cat "$body"; } | hmac; }
	try 401 "X-Slack-Request-Timestamp: $now"
	try 401 "X-Slack-Signature: v0=$(slack "$now")"
	try 401 "X-Slack-Request-Timestamp: $now" "X-Slack-Signature: v1=$(slack "$now")"
	try 401 "X-Slack-Request-Timestamp: $((now - 1))" "X-Slack-Signature: v0=$(slack "$now")"
	[ "$(code)" = bad_signature ]
	for then in $((now - 310)) $((now + 310)); do
		try 401 "X-Slack-Request-Timestamp: $then" "X-Slack-Signature: v0=$(slack "$then")"
		[ "$(code)" = stale_signature ]
	done
	nothing_stored
	try 202 "X-Slack-Request-Timestamp: $now" "X-Slack-Signature: v0=$(slack "$now")"
	[ "$(event '.event + " " + .delivery')" = "message Ev1" ]
	then=$((now - 100))
	try 200 "X-Slack-Request-Timestamp: $then" "X-Slack-Signature: v0=$(slack "$then")" "X-Slack-Retry-Num: 1"
	jq -e .duplicate <<<"$answer"
	printf '{"token":"t","challenge":"3eZbrw1a","type":"url_verification"}' >"$body"
	try 401 "X-Slack-Request-Timestamp: $now" "X-Slack-Signature: v0=$(printf x | hmac)"
	try 200 "X-Slack-Request-Timestamp: $now" "X-Slack-Signature: v0=$(slack "$now")"
	[ "$(jq -r .challenge <<<"$answer")" = 3eZbrw1a ]
	[ "$(stored)" -eq 1 ]
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: Stripe's list of a time and signatures, by old and new secrets" {
	printf 'whsec_%s' "$(printf 'its key is the text' | base64)" >"$BATS_TEST_TMPDIR/secret.stripe"
	password=$(cat "$BATS_TEST_TMPDIR/secret.stripe")
	printf '{"id":"evt_1","type":"invoice.paid"}' >"$body"
	add_hook stripe
	start_hookrecv
	now=$(date +%s)
	stripe() { { printf '%s.' "$1" && cat "$body"; } | hmac; }
	good=$(stripe "$now")
	old=$(printf x | hmac)
	for list in "v1=$good" "t=$now" "t=$now,v0=$good" "t=$now,v1=$old" "t=$((now - 1)),v1=$good" "t=,v1=$good"; do
		try 401 "Stripe-Signature: $list"
		[ "$(code)" = bad_signature ]
	done
	try 401 "Stripe-Signature: t=$((now - 310)),v1=$(stripe $((now - 310)))"
	[ "$(code)" = stale_signature ]
	nothing_stored
	try 202 "Stripe-Signature: t=$now,v1=$old,v1=$good,v0=$old"
	[ "$(event '.event + " " + .delivery')" = "invoice.paid evt_1" ]
	sign "$body"
	post "$body"
	[ "$status" -eq 200 ]
	jq -e .duplicate <<<"$answer"
}

# bats test_tags=F0_5,FX_23
@test "hookrecv: a token, as Bearer or as X-Api-Key" {
	add_hook token
	start_hookrecv
	try 401 "X-Event: x"
	try 401 "Authorization: Bearer ${password}x"
	try 401 "Authorization: bearer: $password"
	try 401 "Authorization: $password"
	try 401 "X-Api-Key: other" "Authorization: Bearer $password"
	nothing_stored
	try 202 "Authorization: Bearer $password" "X-Event: built" "X-Delivery: t-1"
	[ "$(event '.event + " " + .delivery')" = "built t-1" ]
	try 202 "X-Api-Key: $password" "X-Delivery: t-2"
	run ! grep -raq "$password" "$HOOKTOOLS_STATE/spool" "$BATS_TEST_TMPDIR/log"
}

# bats test_tags=FX_23
@test "hookrecv: a payload too large to look into is stored unnamed, one with odd names too" {
	add_hook stripe
	start_hookrecv
	printf '{"id":{"a":1},"type":"say \\"hi\\""}' >"$body"
	sign "$body"
	post "$body"
	[ "$status" -eq 202 ]
	[ "$(event '.event + " " + (.delivery | tostring)')" = "unknown null" ]
	jq -cn '{id: "evt_2", type: "big", fill: ("x" * 300000)}' >"$body"
	sign "$body"
	post "$body"
	[ "$status" -eq 202 ]
	[ "$(event .event)" = big ]
	jq -cn '{id: "evt_3", type: "big", fill: ("x" * 1200000)}' >"$body"
	sign "$body"
	post "$body"
	[ "$status" -eq 202 ]
	[ "$(jq -rs 'map(select(.payload.id == "evt_3"))[0].event' "$HOOKTOOLS_STATE"/spool/new/*)" = unknown ]
}
