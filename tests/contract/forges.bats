load ../helper
load ../bin/hookrecv/helper
# shellcheck disable=SC2154 # $hook and the like are the helper's

# Each forge's whole set of headers, as tests/fixtures/deliveries has it: a line "# PROVIDER
# EVENT DELIVERY", the headers, an empty line, the body.  openssl fills in what is in {}, which
# must be right, and in [], which nobody looks at.

setup() {
	password='correct horse battery staple'
	body=$BATS_TEST_TMPDIR/body
}

teardown() {
	stop_servers
}

hmac() { openssl dgst "-${1:-sha256}" -hmac "$password" -r <"$body" | cut -d' ' -f1; }

# Over {id}.{time}.{body}
standard() {
	{ printf '%s.%s.' "$delivery" "$now" && cat "$body"; } |
		openssl dgst -sha256 -hmac 'a secret of 24 bytes ok?' -binary | base64
}

# Over {body}{nonce}
ed25519() {
	{ cat "$body" && sed -n 's/^X-Payload-Nonce: //p' "$1" | tr -d '\n'; } >"$body.signed"
	openssl pkeyutl -sign -rawin -inkey "$BATS_TEST_TMPDIR/ed25519.pem" -in "$body.signed" | base64 -w0
}

# What the placeholder stands for.
value() {
	case $1 in
	hmac) hmac ;;
	sha1) hmac sha1 ;;
	token) printf '%s' "$password" ;;
	basic) printf 'devops:%s' "$password" | base64 -w0 ;;
	time) printf '%s' "$now" ;;
	standard) standard ;;
	ed25519) ed25519 "$2" ;;
	esac
}

# forge NAME: adds the hook, serves it, and writes body and headers.
forge() {
	local file=$top/tests/fixtures/deliveries/$1 name
	read -r _ provider event <<<"$(head -n 1 "$file")"
	delivery=${event##* } event=${event% *} now=$(date +%s)
	sed '1,/^$/d' "$file" >"$body"
	if [ "$1" = gitlab-signing ]; then
		printf 'whsec_%s' "$(printf 'a secret of 24 bytes ok?' | base64)" >"$BATS_TEST_TMPDIR/secret.gitlab"
	fi
	add_hook "$provider"
	sed '1d; /^$/,$d' "$file" >"$body.head"
	grep -oE '[[{](hmac|sha1|token|basic|time|standard|ed25519)[]}]' "$body.head" | sort -u >"$body.names"
	while read -r name; do
		name=${name:1:-1}
		value "$name" "$file" >"$body.$name"
		sed -i "s|[[{]${name}[]}]|$(cat "$body.$name")|" "$body.head"
	done <"$body.names"
	grep -E '\{[a-z0-9]+\}$' "$file" >"$body.signs"
	start_hookrecv
}

# answers FILE: the status, with these headers.
answers() {
	curl -sS -o "$BATS_TEST_TMPDIR/answer" -w '%{http_code}' -H "@$1" --data-binary @"$body" \
		"$server_url/hook/$hook"
}

# With another value in one of them.
refuses_each_change() {
	local name
	while IFS=: read -r name _; do
		sed "/^$name:/s/: .*/: wrong/" "$body.head" >"$body.wrong"
		[ "$(answers "$body.wrong")" = 401 ]
	done <"$body.signs"
	nothing_stored
}

# Without a secret Gitea and others send the headers with nothing in them.
refuses_empty() {
	sed -E 's/^([A-Za-z0-9-]*-(Signature|Signature-256|Token)|Authorization): (sha256=|sha1=|v1,|Basic )?.*/\1: \3/I' \
		"$body.head" >"$body.empty"
	[ "$(answers "$body.empty")" = 401 ]
	[[ $(jq -r .error.code "$BATS_TEST_TMPDIR/answer") == unsigned ]]
	nothing_stored
}

# The event has the names, the sender's headers and body, and nothing that is secret.
accepts() {
	[ "$(answers "$body.head")" = 202 ]
	[ "$(stored)" -eq 1 ]
	jq -e --arg provider "$provider" --arg event "$event" --arg delivery "$delivery" \
		--arg agent "$(sed -n 's/^User-Agent: //p' "$body.head")" '.provider == $provider and
		.event == $event and .delivery == $delivery and .headers["user-agent"] == $agent' \
		"$HOOKTOOLS_STATE"/spool/new/*
	[ "$(payload)" = "$(tr '\n' ' ' <"$body")" ]
	hides_secrets
	[ "$(answers "$body.head")" = 200 ]
	jq -e .duplicate "$BATS_TEST_TMPDIR/answer"
}

hides_secrets() {
	local name
	while read -r name; do
		name=${name:1:-1}
		[ "$name" != time ] || continue
		run ! grep -rqF "$(cat "$body.$name")" "$HOOKTOOLS_STATE/spool" "$BATS_TEST_TMPDIR/log"
	done <"$body.names"
}

delivers() {
	forge "$1"
	refuses_each_change
	refuses_empty
	accepts
}

# bats test_tags=F0_5,FX_23
@test "contract: GitHub's headers" {
	delivers github
}

# bats test_tags=F0_5,FX_23
@test "contract: GitHub Enterprise Server's headers" {
	delivers github-enterprise
}

# bats test_tags=F0_5,FX_23
@test "contract: GitLab's headers with a secret token" {
	delivers gitlab-token
}

# bats test_tags=F0_5,FX_23
@test "contract: GitLab's headers with a signing token, and the older token beside it" {
	delivers gitlab-signing
}

# bats test_tags=F0_5,FX_23
@test "contract: Gitea's headers, those of Gogs and GitHub among them" {
	delivers gitea
}

# bats test_tags=F0_5,FX_23
@test "contract: Forgejo's headers, those of Gitea, Gogs and GitHub among them" {
	delivers forgejo
}

# bats test_tags=F0_5,FX_23
@test "contract: Gogs's headers" {
	delivers gogs
}

# bats test_tags=F0_5,FX_23
@test "contract: Bitbucket Cloud's headers" {
	delivers bitbucket
}

# bats test_tags=F0_5,FX_23
@test "contract: Bitbucket Data Center's headers" {
	delivers bitbucket-server
}

# bats test_tags=F0_5,FX_23
@test "contract: Azure DevOps's headers" {
	delivers azure
}

# bats test_tags=F0_5,FX_23
@test "contract: SourceHut's headers" {
	delivers sourcehut
}

@test "contract: every fixture of a delivery is in these tests" {
	run -0 diff <(ls "$top/tests/fixtures/deliveries") \
		<(sed -n 's/^\tdelivers //p' "$BATS_TEST_FILENAME" | sort)
}
