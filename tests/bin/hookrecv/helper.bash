# For the tests of hookrecv: load it after ../../helper.
# shellcheck disable=SC2034

# add_hook PROVIDER [OPTION...]: acme/site with a secret of its own; sets $hook and $secret.
add_hook() {
	local provider=$1
	shift
	[ -f "$HOOKTOOLS_CONF/hooktools.key" ] || make_key
	secret=$BATS_TEST_TMPDIR/secret.$provider
	[ -f "$secret" ] || case $provider in
	sourcehut) public_key >"$secret" ;;
	standard) printf 'whsec_%s' "$(printf 'a secret of 24 bytes ok?' | base64)" >"$secret" ;;
	*) printf 'correct horse battery staple' >"$secret" ;;
	esac
	if [ "$provider" = none ]; then
		run -0 --separate-stderr hookrecv add "acme/$provider" -p none --json "$@"
	else
		run -0 --separate-stderr hookrecv add "acme/$provider" -p "$provider" --secret-file "$secret" --json "$@"
	fi
	hook=$(jq -r .id <<<"$output")
	hook_provider=$provider
	[ "$provider" != sourcehut ] || sign_with_pem
}

sign_with_pem() { secret=$BATS_TEST_TMPDIR/ed25519.pem; }

# The public key, in base 64, of a new private one in ed25519.pem.
public_key() {
	local pem=$BATS_TEST_TMPDIR/ed25519.pem
	[ -f "$pem" ] || openssl genpkey -algorithm ed25519 -out "$pem"
	openssl pkey -in "$pem" -pubout -outform DER | tail -c 32 | base64
}

start_hookrecv() {
	start_server "$BATS_TEST_TMPDIR/log" hookrecv -l 127.0.0.1:0 "$@"
}

# at_socket PATH: the server listens there.
at_socket() { socket=$1 server_url=http://localhost; }

# sign FILE [DELIVERY [EVENT]]: the headers to FILE.head.
sign() {
	local options=(-p "$hook_provider" --event "${3:-push}" --delivery "${2:-delivery-1}")
	[ "$hook_provider" = none ] || options+=(--secret-file "$secret")
	hookrecv sign "${options[@]}" <"$1" >"$1.head"
}

# post FILE [TYPE]: with FILE.head; sets $status and $answer.
post() {
	local file=$1
	sed -i '/^Content-Type/d' "$file.head"
	printf 'Content-Type: %s\n' "${2:-application/json}" >>"$file.head"
	status=$(curl -sS -o "$BATS_TEST_TMPDIR/answer" -D "$BATS_TEST_TMPDIR/answer.head" -w '%{http_code}' \
		${socket:+--unix-socket "$socket"} -H "@$file.head" --data-binary @"$file" "$server_url/hook/$hook")
	answer=$(cat "$BATS_TEST_TMPDIR/answer")
}

# send TEXT [DELIVERY]: signed; sets $status and $answer.
send() {
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" "${2:-delivery-1}"
	post "$BATS_TEST_TMPDIR/body"
}

code() { jq -r .error.code <<<"$answer"; }

# How many events the spool has, in all of new/.
stored() { find "$HOOKTOOLS_STATE/spool/new" -type f -exec cat {} + | wc -l; }

nothing_begun() { [ -z "$(find "$HOOKTOOLS_STATE/spool/tmp" -type f)" ]; }

# What was begun goes when the answer has gone out.
nothing_stored() {
	wait_until nothing_begun
	[ -z "$(find "$HOOKTOOLS_STATE/spool/new" -type f)" ]
}

# The payload of the only event, its own bytes.
payload() {
	cat "$HOOKTOOLS_STATE"/spool/new/* | sed 's/.*"payload"://; s/}$//'
}
