load ../../helper
load helper

# A provider that a file describes, see hookprovider(5).

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1,"id":"d-1"}' >"$body"
	password='correct horse battery staple'
	mkdir -p "$HOOKTOOLS_CONF/providers.d"
}

teardown() {
	stop_servers
}

hmac() { openssl dgst -sha256 -hmac "$password" -r | cut -d' ' -f1; }

# describe NAME JSON
describe() { printf '%s\n' "$2" >"$HOOKTOOLS_CONF/providers.d/$1.json"; }

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

# The first literal block of the manual.
manual_example() {
	awk '/^\.Ed/ { exit } on; /^\.Bd -literal/ { on = 1 }' "$ROOT/man/hookprovider.5"
}

# bats test_tags=F0_5,FX_23
@test "hookprovider: the manual's example verifies time, signatures and names" {
	ROOT=$BATS_TEST_DIRNAME/../../..
	describe farm "$(manual_example)"
	add_hook farm
	start_hookrecv
	now=$(date +%s)
	farm() { { printf '%s.' "$1" && cat "$body"; } | hmac; }
	good=$(farm "$now")
	try 401 "X-Farm-Event: build"
	[ "$(code)" = unsigned ]
	for list in "v1=$good" "t=$now" "t=$now,v0=$good" "t=$now,v1=${good%?}" "t=$((now + 1)),v1=$good"; do
		try 401 "X-Farm-Signature: $list"
		[ "$(code)" = bad_signature ]
	done
	for then in $((now - 310)) $((now + 310)); do
		try 401 "X-Farm-Signature: t=$then,v1=$(farm "$then")"
		[ "$(code)" = stale_signature ]
	done
	nothing_stored
	try 202 "X-Farm-Event: build" "X-Farm-Signature: t=$now,v1=$(printf x | hmac),v1=$good"
	jq -e '.provider == "farm" and .event == "build" and .delivery == "d-1" and
		(.headers | has("x-farm-event") and (has("x-farm-signature") | not))' "$HOOKTOOLS_STATE"/spool/new/*
	sign "$body"
	post "$body"
	[ "$status" -eq 200 ]
	jq -e .duplicate <<<"$answer"
}

# The built-in provider's headers, by a description in a file of it.
same() {
	local built_in=$1 file=$2 key=$3
	printf '%s' "$key" >"$BATS_TEST_TMPDIR/key"
	add_hook "$built_in" </dev/null
	hookrecv remove "acme/$built_in"
	printf '%s' "$key" >"$BATS_TEST_TMPDIR/secret.$file"
	add_hook "$file"
	[ -n "${server_url:-}" ] || start_hookrecv
	hookrecv sign -p "$built_in" -s "$BATS_TEST_TMPDIR/key" -D "id-$file" <"$body" >"$body.head"
	post "$body"
	[ "$status" -eq 202 ]
	sign "$body" "id2-$file"
	post "$body"
	[ "$status" -eq 202 ]
	cp "$body.head" "$body.other.head"
	printf '{"n":2}' >"$body.other"
	post "$body.other"
	[ "$status" -eq 401 ]
}

# bats test_tags=FX_23
@test "hookprovider: files can describe what is built in" {
	describe my-github '{"header":"X-Hub-Signature-256","encoding":"hex","prefix":"sha256=",
		"event_header":"X-Missing X-GitHub-Event","delivery_header":"X-GitHub-Delivery"}'
	same github my-github 'any text'
	describe my-gogs '{"header":"X-Gogs-Signature","encoding":"hex","form":"payload"}'
	same gogs my-gogs 'any text'
	describe my-slack '{"header":"X-Slack-Signature","algorithm":"hmac-sha256","encoding":"hex","prefix":"v0=",
		"content":"v0:{time}:{body}","time_header":"X-Slack-Request-Timestamp","tolerance":"60s"}'
	same slack my-slack 'any text'
	describe my-standard '{"header":"webhook-signature","encoding":"base64","separator":" ","prefix":"v1,",
		"key":"base64","key_prefix":"whsec_","content":"{id}.{time}.{body}","id_header":"webhook-id",
		"time_header":"webhook-timestamp","tolerance":"5m","delivery_header":"webhook-id"}'
	same standard my-standard "whsec_$(printf 'a secret of 24 bytes ok?' | base64)"
}

# bats test_tags=FX_23
@test "hookprovider: Ed25519 and tokens by description" {
	describe shut '{"header":"X-Sig","algorithm":"ed25519","encoding":"hex","key":"hex","content":"{nonce}{body}",
		"nonce_header":"X-Nonce"}'
	public_key | base64 -d | od -An -tx1 | tr -d ' \n' >"$BATS_TEST_TMPDIR/secret.shut"
	add_hook shut
	start_hookrecv
	printf 'n-1%s' "$(cat "$body")" >"$BATS_TEST_TMPDIR/signed"
	good=$(openssl pkeyutl -sign -rawin -inkey "$BATS_TEST_TMPDIR/ed25519.pem" -in "$BATS_TEST_TMPDIR/signed" |
		od -An -tx1 | tr -d ' \n')
	try 401 "X-Sig: $good" "X-Nonce: n-2"
	try 202 "X-Sig: $good" "X-Nonce: n-1"
	describe tok '{"header":"X-Tok","algorithm":"token","prefix":"Key "}'
	add_hook tok
	try 401 "X-Tok: $password"
	try 202 "X-Tok: Key $password"
	describe pass '{"header":"X-Auth","algorithm":"basic"}'
	add_hook pass
	try 401 "X-Auth: Basic $(printf 'u:wrong' | base64)"
	try 202 "X-Auth: Basic $(printf 'u:%s' "$password" | base64)"
	run ! grep -raq "$password" "$HOOKTOOLS_STATE/spool" "$BATS_TEST_TMPDIR/log"
}

# wrong WORDS JSON: the description is refused with these words, and nothing is added.
wrong() {
	describe farm "$2"
	run -78 --separate-stderr hookrecv add acme/farm -p farm
	[[ "$stderr" == *"providers.d/farm.json'"*"$1"* ]] || {
		echo "said: $stderr"
		return 1
	}
	[ "${#stderr_lines[@]}" -eq 1 ]
}

# bats test_tags=FX_23
@test "hookprovider: what a description gets wrong is told" {
	make_key
	wrong 'no JSON object' ''
	wrong 'no JSON object' '{"header":"X-A",}'
	wrong 'no JSON object' '["header"]'
	wrong 'no JSON object' '{"header":"X-A","encoding":"hex"} {}'
	wrong "'header' is missing" '{}'
	wrong "'encoding' is 'hex' or 'base64'" '{"header":"X-A"}'
	wrong "no member 'Header'" '{"Header":"X-A"}'
	wrong "'header' is there twice" '{"header":"X-A","header":"X-B"}'
	wrong "'header' is no string" '{"header":7}'
	wrong "'header' is no string" '{"header":""}'
	wrong "'header' is no string" '{"header":"X-\u0041"}'
	wrong "'X A' is no name of a header" '{"header":"X A","encoding":"hex"}'
	wrong "'X-É' is no name of a header" '{"header":"X-A","event_header":"X-É","encoding":"hex"}'
	wrong "'algorithm' cannot be 'md5'" '{"header":"X-A","algorithm":"md5"}'
	wrong "'key' cannot be 'HEX'" '{"header":"X-A","key":"HEX"}'
	wrong "'separator' is" '{"header":"X-A","separator":"::"}'
	wrong "'tolerance' is a time" '{"header":"X-A","tolerance":"2h"}'
	wrong "'tolerance' is a time" '{"header":"X-A","tolerance":"soon"}'
	wrong "'form' is" '{"header":"X-A","form":"both"}'
	wrong "'event_header' wants 1 to 4" '{"header":"X-A","event_header":"A B C D E"}'
	wrong "'content' wants {body} once" '{"header":"X-A","encoding":"hex","content":"{time}"}'
	wrong "'content' wants {body} once" '{"header":"X-A","encoding":"hex","content":"{body}{body}"}'
	wrong "'content' knows" '{"header":"X-A","encoding":"hex","content":"{body}{url}"}'
	wrong "'content' knows" '{"header":"X-A","encoding":"hex","content":"{body}}"}'
	wrong "what {id} in 'content' is" '{"header":"X-A","encoding":"hex","content":"{id}{body}"}'
	wrong "'X-N' is not signed" '{"header":"X-A","encoding":"hex","nonce_header":"X-N"}'
	wrong "'X-T' is not signed" '{"header":"X-A","encoding":"hex","time_header":"X-T","tolerance":"5m"}'
	wrong "want each other" '{"header":"X-A","encoding":"hex","tolerance":"5m"}'
	wrong "want each other" '{"header":"X-A","encoding":"hex","time_header":"X-T","content":"{time}{body}"}'
	wrong "wants a 'separator'" '{"header":"X-A","encoding":"hex","time_item":"t=","tolerance":"5m","content":"{time}{body}"}'
	wrong "'key' of ed25519" '{"header":"X-A","algorithm":"ed25519","encoding":"hex"}'
	wrong "'prefix' begins with a space or" '{"header":"X-A","encoding":"hex","prefix":" v1="}'
	wrong "has the separator in it" '{"header":"X-A","encoding":"hex","prefix":"v1, ","separator":","}'
	wrong "'time_item' begins with a space or" '{"header":"X-A","encoding":"hex","time_item":"t ","separator":" ",
		"tolerance":"5m","content":"{time}{body}"}'
	wrong "'prefix' begins with a space or" '{"header":"X-A","algorithm":"token","prefix":" Bearer "}'
	wrong "'X-A' cannot be two things" '{"header":"X-A","encoding":"hex","id_header":"x-a","content":"{id}{body}"}'
	wrong "'X-I' cannot be two things" '{"header":"X-A","encoding":"hex","id_header":"X-I","nonce_header":"X-I","content":"{id}{nonce}{body}"}'
	wrong "'X-A' cannot be two things" '{"header":"X-A","encoding":"hex","event_header":"X-E X-A"}'
	wrong "'X-A' cannot be two things" '{"header":"X-A","encoding":"hex","delivery_header":"X-A"}'
	wrong "'Content-Type' has another use" '{"header":"X-A","encoding":"hex","event_header":"Content-Type"}'
	wrong "a token signs nothing" '{"header":"X-A","algorithm":"token","encoding":"hex"}'
	printf '{"header":"X-A","encoding":"hex"}\0' >"$HOOKTOOLS_CONF/providers.d/farm.json"
	run -78 --separate-stderr hookrecv add acme/farm -p farm
	head -c 20000 /dev/zero | tr '\0' ' ' >"$HOOKTOOLS_CONF/providers.d/farm.json"
	run -78 --separate-stderr hookrecv add acme/farm -p farm
	run -0 hookrecv list --json
	[ -z "$output" ]
}

# bats test_tags=FX_23
@test "hookrecv providers: lists what files describe, and tells which cannot be used" {
	describe farm '{"header":"X-A","encoding":"hex","summary":"the build farm"}'
	run -0 --separate-stderr hookrecv providers --json
	[ "$(jq -r 'select(.name == "farm").summary' <<<"$output")" = "the build farm" ]
	[ "${#lines[@]}" -eq 16 ]
	describe broken '{}'
	describe github '{}'
	run -78 --separate-stderr hookrecv providers --json
	[ "$(jq -r 'select(.name == "farm").summary' <<<"$output")" = "the build farm" ]
	[[ "$stderr" == *"broken.json': 'header' is missing"* ]]
	[[ "$stderr" == *"github.json' has the name of a provider"*ignoring* ]]
	run -64 --separate-stderr hookrecv add acme/x -p ../farm
	run -64 --separate-stderr hookrecv add acme/x -p fa
}

# bats test_tags=FX_23
@test "hookprovider: a server whose description is gone answers 503, and serves the others" {
	describe farm '{"header":"X-A","encoding":"hex"}'
	add_hook farm
	farm=$hook
	add_hook github
	rm "$HOOKTOOLS_CONF/providers.d/farm.json"
	start_hookrecv
	send '{"n":1}'
	[ "$status" -eq 202 ]
	hook=$farm
	try 503 "X-A: $(hmac <"$body")"
	grep -q "no provider 'farm'" "$BATS_TEST_TMPDIR/log"
	describe farm '{"header":"X-A","encoding":"hex"}'
	try 202 "X-A: $(hmac <"$body")"
}
