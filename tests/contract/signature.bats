load ../helper

# What `hookrecv sign` writes, beside openssl(1) and Debian's webhook(1).

setup() {
	secret=$BATS_TEST_TMPDIR/secret body=$BATS_TEST_TMPDIR/body
	printf 'correct horse battery staple' >"$secret"
	printf '{"ref":"refs/heads/main","text":"\\u00e9 \xc3\xa9"}' >"$body"
}

teardown() {
	stop_servers
}

# header NAME: its value in $output.
header() {
	sed -n "s/^$1: //Ip" <<<"$output"
}

openssl_hex() {
	openssl dgst -sha256 -hmac "$(cat "$secret")" <"$body" | sed 's/.*= //'
}

# signs PROVIDER HEADER PREFIX
signs() {
	run -0 --separate-stderr hookrecv sign -p "$1" --secret-file "$secret" --event push <"$body"
	[ "$(header "$2")" = "$3$(openssl_hex)" ]
}

@test "hookrecv sign: agrees with openssl for GitHub and plain HMAC" {
	signs github X-Hub-Signature-256 sha256=
	signs hmac X-Hub-Signature-256 sha256=
}

@test "hookrecv sign: agrees with openssl in each header of Gitea and Forgejo" {
	local name
	for name in X-Gitea-Signature X-Gogs-Signature; do
		signs gitea "$name" ""
		signs forgejo "$name" ""
	done
	signs forgejo X-Forgejo-Signature ""
	signs gitea X-Hub-Signature-256 sha256=
	signs forgejo X-Hub-Signature-256 sha256=
}

@test "hookrecv sign: agrees with openssl about an empty and a large body" {
	: >"$body"
	signs github X-Hub-Signature-256 sha256=
	head -c 3000000 /dev/zero | tr '\0' x >"$body"
	signs github X-Hub-Signature-256 sha256=
}

# standard PROVIDER: id, time and body are signed with the decoded key.
standard() {
	local key=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY= hex want
	printf 'whsec_%s' "$key" >"$secret"
	hex=$(base64 -d <<<"$key" | od -v -An -tx1 | tr -d ' \n')
	run -0 --separate-stderr hookrecv sign -p "$1" --secret-file "$secret" --event push --delivery d-1 <"$body"
	[ "$(header webhook-id)" = d-1 ]
	want=$({ printf 'd-1.%s.' "$(header webhook-timestamp)" && cat "$body"; } |
		openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64)
	[ "$(header webhook-signature)" = "v1,$want" ]
}

@test "hookrecv sign: agrees with openssl for Standard Webhooks and GitLab's signing token" {
	standard standard
	standard gitlab
}

# timed TEXT: the HMAC of the text with the body behind it.
timed() {
	{ printf '%s' "$1" && cat "$body"; } | openssl dgst -sha256 -hmac "$(cat "$secret")" | sed 's/.*= //'
}

@test "hookrecv sign: agrees with openssl for Gogs, Bitbucket, Slack and Stripe" {
	local time
	signs gogs X-Gogs-Signature ""
	signs bitbucket X-Hub-Signature sha256=
	signs bitbucket-server X-Hub-Signature sha256=
	run -0 --separate-stderr hookrecv sign -p slack --secret-file "$secret" <"$body"
	[ "$(header X-Slack-Signature)" = "v0=$(timed "v0:$(header X-Slack-Request-Timestamp):")" ]
	run -0 --separate-stderr hookrecv sign -p stripe --secret-file "$secret" <"$body"
	time=$(header Stripe-Signature | sed 's/^t=\([0-9]*\),.*/\1/')
	[ "$(header Stripe-Signature)" = "t=$time,v1=$(timed "$time.")" ]
}

# The others send a token (azure, token), sign with Ed25519 (sourcehut) or nothing (none).
@test "hookrecv sign: every provider with an HMAC is in these tests" {
	run -0 --separate-stderr hookrecv providers --json
	run -0 diff <(jq -r .name <<<"$output" | sort) <(printf '%s\n' azure bitbucket bitbucket-server \
		forgejo gitea github gitlab gogs hmac none slack sourcehut standard stripe token)
}

webhook_answers() {
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$1/")" = 200 ]
}

# post SIGNED_BODY SENT_BODY: the status that webhook answers with.
post() {
	hookrecv sign -p github --secret-file "$secret" --event push <"$1" >"$BATS_TEST_TMPDIR/headers"
	curl -s -o /dev/null -w '%{http_code}' -H "@$BATS_TEST_TMPDIR/headers" --data-binary "@$2" \
		"http://127.0.0.1:$port/hooks/bench"
}

@test "hookrecv sign: Debian's webhook accepts it, and nothing else" {
	command -v webhook >/dev/null || skip "webhook is missing: .ci/deps bench"
	jq -n --arg secret "$(cat "$secret")" '[{id: "bench", "execute-command": "/nonexistent",
		"trigger-rule": {match: {type: "payload-hmac-sha256", secret: $secret,
			parameter: {source: "header", name: "X-Hub-Signature-256"}}},
		"trigger-rule-mismatch-http-response-code": 401}]' >"$BATS_TEST_TMPDIR/hooks.json"
	port=$(shuf -i 20000-32000 -n 1)
	webhook -hooks "$BATS_TEST_TMPDIR/hooks.json" -ip 127.0.0.1 -port "$port" >"$BATS_TEST_TMPDIR/webhook.log" 2>&1 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/servers"
	wait_until webhook_answers "$port"
	[ "$(post "$body" "$body")" = 200 ]
	echo ' ' >>"$body"
	# webhook 2.8.0 says 500 of a signature that is wrong.
	[ "$(post <(printf '{}') "$body")" = 500 ]
}
