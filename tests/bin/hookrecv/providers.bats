load ../../helper
load helper

# What each forge signs, and how: FACTS of their own documentation, checked against
# signatures made with openssl.

teardown() {
	stop_servers
}

hmac() { openssl dgst -sha256 -hmac "$1" -r "$2" | cut -d' ' -f1; }

# refused CODE: the answer is 401, tells nothing, and nothing is stored.
refused() {
	[ "$status" -eq 401 ]
	[ "$(code)" = "$1" ]
	[ -z "$2" ] || [[ "$answer" != *"$2"* ]]
	nothing_stored
}

# headers LINE...: instead of those of hookrecv sign.
headers() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/body.head"
}

setup() {
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
}

# bats test_tags=F0_5
@test "hookrecv: GitHub's published example is accepted, one flipped bit is not" {
	make_key
	secret=$BATS_TEST_TMPDIR/secret.github
	printf "It's a Secret to Everybody" >"$secret"
	add_hook github
	start_hookrecv
	right=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17
	wrong=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e16
	printf 'Hello, World!' >"$BATS_TEST_TMPDIR/body"
	run -0 hookrecv sign -p github --secret-file "$secret" <"$BATS_TEST_TMPDIR/body"
	grep -qix "X-Hub-Signature-256: sha256=$right" <<<"$output"
	# Its text is no JSON: that is said only to one who knows the secret.
	headers "X-Hub-Signature-256: sha256=$right" "X-GitHub-Event: push"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 400 ]
	[ "$(code)" = bad_payload ]
	headers "X-Hub-Signature-256: sha256=$wrong" "X-GitHub-Event: push"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$right"
	printf 'Hello, World?' >"$BATS_TEST_TMPDIR/body"
	headers "X-Hub-Signature-256: sha256=$right" "X-GitHub-Event: push"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$(hmac "It's a Secret to Everybody" "$BATS_TEST_TMPDIR/body")"
}

@test "hookrecv: what openssl signs for github is accepted; every other header is not" {
	add_hook github
	start_hookrecv
	good=$(hmac 'correct horse battery staple' "$BATS_TEST_TMPDIR/body")
	for header in "X-Nothing: 1" "X-Hub-Signature-256:" "X-Hub-Signature-256: $good" \
		"X-Hub-Signature-256: sha256=" "X-Hub-Signature-256: sha256=${good%?}" \
		"X-Hub-Signature-256: sha256=${good}0" "X-Hub-Signature-256: sha1=$good" \
		"X-Hub-Signature: sha256=$good" "X-Gitea-Signature: $good" "X-Gitlab-Token: correct horse battery staple" \
		"X-Hub-Signature-256: sha256=$(printf 'g%.0s' {1..64})"; do
		headers "$header" "X-GitHub-Event: push"
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 401 ]
		[[ "$answer" != *"$good"* ]]
	done
	nothing_stored
	headers "X-Hub-Signature-256: sha256=$good" "X-GitHub-Event: push" "X-GitHub-Delivery: 1"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
}

# bats test_tags=F0_5
@test "hookrecv: GitLab's secret token and its signing token" {
	add_hook gitlab
	start_hookrecv
	headers "X-Gitlab-Token: correct horse battery stapl" "X-Gitlab-Event: Push Hook"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature ""
	headers "X-Gitlab-Event: Push Hook"
	post "$BATS_TEST_TMPDIR/body"
	refused unsigned ""
	headers "X-Gitlab-Token: correct horse battery staple" "X-Gitlab-Event: Push Hook" "webhook-id: gl-1"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
	jq -e '.event == "Push Hook" and .delivery == "gl-1" and (.headers | has("x-gitlab-token") | not)' \
		"$HOOKTOOLS_STATE"/spool/new/*
}

# bats test_tags=F0_5
@test "hookrecv: Gitea and Forgejo sign the plain hex of the body" {
	for name in gitea forgejo; do
		add_hook "$name"
		[ -n "${server_url:-}" ] || start_hookrecv
		good=$(hmac 'correct horse battery staple' "$BATS_TEST_TMPDIR/body")
		headers "X-Gitea-Signature: ${good%?}0" "X-Gitea-Event: push" "X-Gitea-Delivery: $name"
		[ "$good" != "${good%?}0" ] || headers "X-Gitea-Signature: ${good%?}1" "X-Gitea-Event: push"
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 401 ]
		headers "X-Gitea-Signature: $good" "X-Gitea-Event: push" "X-Gitea-Delivery: $name"
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 202 ]
	done
	headers "X-Forgejo-Signature: $good" "X-Forgejo-Event: push" "X-Forgejo-Delivery: own"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 3 ]
}

# bats test_tags=F0_5
@test "hookrecv: no signature that is there may be wrong, none rescues another" {
	add_hook forgejo
	start_hookrecv
	good=$(hmac 'correct horse battery staple' "$BATS_TEST_TMPDIR/body")
	bad=$(printf '0%.0s' {1..64})
	headers "X-Forgejo-Signature: $bad" "X-Gitea-Signature: $good" "X-Forgejo-Event: push"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$good"
	headers "X-Forgejo-Signature: $good" "X-Gitea-Signature: $bad" "X-Forgejo-Event: push"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$good"
}

# standard_head ID TIME SIGNATURE...
standard_head() {
	local id=$1 time=$2
	shift 2
	headers "webhook-id: $id" "webhook-timestamp: $time" "webhook-signature: $*"
}

# standard_sign ID TIME
standard_sign() {
	{
		printf '%s.%s.' "$1" "$2"
		cat "$BATS_TEST_TMPDIR/body"
	} | openssl dgst -sha256 -hmac 'a secret of 24 bytes ok?' -binary | base64
}

# bats test_tags=F0_5
@test "hookrecv: Standard Webhooks, with several signatures and a time" {
	add_hook standard
	start_hookrecv
	now=$(date +%s)
	good=$(standard_sign msg_1 "$now")
	standard_head msg_1 "$now" "v1,AAAA$good" "v2,$good" "v1a,$good"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$good"
	standard_head msg_2 "$now" "v1,$good"
	post "$BATS_TEST_TMPDIR/body"
	refused bad_signature "$good"
	for late in -310 310; do
		then=$((now + late))
		standard_head msg_1 "$then" "v1,$(standard_sign msg_1 "$then")"
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 401 ]
		[ "$(code)" = stale_signature ]
	done
	nothing_stored
	standard_head msg_1 "$now" "v1,bm90IHRoaXMgb25l" "v1,$good"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
	[ "$(jq -r .delivery "$HOOKTOOLS_STATE"/spool/new/*)" = msg_1 ]
}

# bats test_tags=F0_5
@test "hookrecv: what it signs itself is accepted, for every provider" {
	for name in github gitlab gitea forgejo gogs bitbucket bitbucket-server sourcehut standard hmac token none; do
		add_hook "$name"
		[ -n "${server_url:-}" ] || start_hookrecv
		sign "$BATS_TEST_TMPDIR/body" "delivery-$name"
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 202 ]
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 200 ]
		jq -e .duplicate <<<"$answer"
		[ "$name" = none ] && continue
		# The same headers with another body.
		printf '{"n":2}' >"$BATS_TEST_TMPDIR/body2"
		cp "$BATS_TEST_TMPDIR/body.head" "$BATS_TEST_TMPDIR/body2.head"
		post "$BATS_TEST_TMPDIR/body2"
		[[ "$name" =~ ^(gitlab|token)$ ]] || [ "$status" -eq 401 ]
	done
}

@test "hookrecv: a signature over a form is over its own bytes at GitHub, over the payload at Gitea" {
	printf 'payload=%%7B%%22n%%22%%3A1%%7D' >"$BATS_TEST_TMPDIR/form"
	add_hook github
	start_hookrecv
	good=$(hmac 'correct horse battery staple' "$BATS_TEST_TMPDIR/form")
	printf '%s\n' "X-Hub-Signature-256: sha256=$good" "X-GitHub-Event: push" >"$BATS_TEST_TMPDIR/form.head"
	post "$BATS_TEST_TMPDIR/form" application/x-www-form-urlencoded
	[ "$status" -eq 202 ]
	add_hook gitea
	printf '%s\n' "X-Gitea-Signature: $good" "X-Gitea-Event: push" >"$BATS_TEST_TMPDIR/form.head"
	post "$BATS_TEST_TMPDIR/form" application/x-www-form-urlencoded
	[ "$status" -eq 401 ]
	good=$(hmac 'correct horse battery staple' "$BATS_TEST_TMPDIR/body")
	printf '%s\n' "X-Gitea-Signature: $good" "X-Gitea-Event: push" >"$BATS_TEST_TMPDIR/form.head"
	post "$BATS_TEST_TMPDIR/form" application/x-www-form-urlencoded
	[ "$status" -eq 202 ]
}
